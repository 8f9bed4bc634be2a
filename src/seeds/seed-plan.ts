import { StardeckError } from "../database/errors.js";
import { addDays, countDays, parseDay, type CalendarDay } from "./calendar-day.js";
import type { SeedState } from "./seed-state.js";

/** The demo data that a person asks for. */
export interface SeedRequest {
    /** How many days to land. When not given: 70 in an empty schema, else the missing days of an interrupted first seeding, else 1. */
    readonly days?: number | undefined;
    /** The last day to land; in an empty schema 2025-03-02 when not given. */
    readonly through?: CalendarDay | undefined;
    /** Size of the shop: 1 is some 60,000 events in ten weeks. Defaults to the scale of the days landed before, else 1. */
    readonly scale?: number | undefined;
}

/** The days to land, in order and without gaps. */
export interface SeedPlan {
    /** The day on which the shop opened; the generated data depend on it. */
    readonly firstDay: CalendarDay;
    readonly from: CalendarDay;
    readonly dayCount: number;
    readonly scaleMilli: number;
}

/** Ten full weeks, Monday to Sunday, at fixed dates, so that the demo is always the same. */
const defaultDays = 70;
const defaultThrough = "2025-03-02";
const maxDays = 3660;

/**
 * Decides which days to land: from the start, or after the last landed day.
 *
 * @throws StardeckError `usage`
 */
export function makeSeedPlan(request: SeedRequest, state: SeedState | null): SeedPlan {
    const days = request.days === undefined ? undefined : parseDayCount(request.days);
    const through = request.through === undefined ? undefined : parseDay(request.through);
    const scale = parseScale(request.scale ?? state?.scale ?? 1);
    if (state === null) {
        const dayCount = days ?? defaultDays;
        const from = parseDay(addDays(through ?? defaultThrough, 1 - dayCount));
        return { firstDay: from, from, dayCount, scaleMilli: Math.round(scale * 1000) };
    }
    if (scale !== state.scale) {
        throw new StardeckError(`The shop was seeded at scale ${state.scale} and cannot go on at scale ${scale}.`, {
            code: "usage",
            hint: "Leave --scale out, or name an unused schema by --source-schema.",
        });
    }
    const dayCount =
        through === undefined ? (days ?? Math.max(state.missingDayCount, 1)) : countDays(state.lastDay, through);
    if (dayCount < 1) {
        throw new StardeckError(`The demo data reach ${state.lastDay} already.`, {
            code: "usage",
            hint: "Give a later day, or --days for the days that follow.",
        });
    }
    if (days !== undefined && days !== dayCount) {
        throw new StardeckError(
            `${days} days after ${state.lastDay} end on ${addDays(state.lastDay, days)}, not on ${through ?? ""}.`,
            { code: "usage", hint: "Give --days or --through, not both." },
        );
    }
    parseDay(addDays(state.lastDay, dayCount));
    return {
        firstDay: state.firstDay,
        from: addDays(state.lastDay, 1),
        dayCount: parseDayCount(dayCount),
        scaleMilli: Math.round(scale * 1000),
    };
}

function parseDayCount(days: number): number {
    if (!Number.isInteger(days) || days < 1 || days > maxDays) {
        throw new StardeckError(`Days to seed must be a whole number from 1 to ${maxDays}, not ${days}.`, {
            code: "usage",
        });
    }
    return days;
}

function parseScale(scale: number): number {
    if (!(scale >= 0.1 && scale <= 1000)) {
        throw new StardeckError(`The scale must be a number from 0.1 to 1000, not ${scale}.`, { code: "usage" });
    }
    // The generator counts in thousandths.
    return Math.round(scale * 1000) / 1000;
}
