import { StardeckError } from "../database/errors.js";

/** A day as `yyyy-mm-dd`, UTC. */
export type CalendarDay = string;

const firstDay = "2000-01-01";
const lastDay = "2099-12-31";

/**
 * Checks a day given by a person.
 *
 * @throws StardeckError `usage`
 */
export function parseDay(text: string): CalendarDay {
    const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && addDays(text, 0) === text;
    if (!isDay || text < firstDay || text > lastDay) {
        throw new StardeckError(`"${text}" is not a day from ${firstDay} to ${lastDay}.`, {
            code: "usage",
            hint: "Write days as yyyy-mm-dd, for example 2025-03-02.",
        });
    }
    return text;
}

/** The day `dayCount` days later; earlier when `dayCount` is negative. */
export function addDays(day: CalendarDay, dayCount: number): CalendarDay {
    return new Date(Date.parse(day) + dayCount * 86_400_000).toISOString().slice(0, 10);
}

/** How many days `to` is after `from`. */
export function countDays(from: CalendarDay, to: CalendarDay): number {
    return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}
