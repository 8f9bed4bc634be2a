import type { Row } from "./row.js";
import {
    dayOf,
    dayOfWeek,
    formatDay,
    formatTimestamp,
    parseTimestamp,
    weekStartOf,
    type Day,
    type Timestamp,
} from "./timestamp.js";

const dayNames = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

const firstDay = dayOf(parseTimestamp("2020-01-01"));
const lastDay = dayOf(parseTimestamp("2034-12-31"));

/** The key of a timestamp's date, yyyymmdd; -1 for an unknown one. */
export function dateKeyOf(timestamp: Timestamp | null): string {
    return timestamp === null ? "-1" : formatTimestamp(timestamp).slice(0, 10).replaceAll("-", "");
}

/** `dim_date`: the fixed range, the days on which something happened and the unknown date. */
export function dateRows(happenedAt: Iterable<Timestamp | null>): Row[] {
    const days = new Set<Day>();
    for (const timestamp of happenedAt) {
        const day = timestamp === null ? firstDay : dayOf(timestamp);
        if (day < firstDay || day > lastDay) {
            days.add(day);
        }
    }
    fixedRows ??= Array.from({ length: lastDay - firstDay + 1 }, (_, index) => dateRow(firstDay + index));
    return [unknownDate, ...fixedRows, ...[...days].map(dateRow)];
}

// The same for every calculation, and most of its work.
let fixedRows: readonly Row[] | undefined;

const unknownDate: Row = {
    date_key: "-1",
    date_day: null,
    week_start: null,
    iso_week: null,
    iso_year: null,
    month_start: null,
    year: null,
    day_of_week: null,
    day_name: "Unknown date",
    is_weekend: null,
};

function dateRow(day: Day): Row {
    const date = formatDay(day);
    // A week belongs to the year that its Thursday is in, and the first week holds the year's first Thursday.
    const thursday = weekStartOf(day) + 3;
    const isoYear = formatDay(thursday).slice(0, 4);
    const newYear = dayOf(parseTimestamp(`${isoYear}-01-01`));
    return {
        date_key: date.replaceAll("-", ""),
        date_day: date,
        week_start: formatDay(weekStartOf(day)),
        iso_week: String(Math.floor((thursday - newYear) / 7) + 1),
        iso_year: isoYear,
        month_start: `${date.slice(0, 7)}-01`,
        year: date.slice(0, 4),
        day_of_week: String(dayOfWeek(day)),
        day_name: dayNames[dayOfWeek(day) - 1] ?? null,
        is_weekend: String(dayOfWeek(day) >= 6),
    };
}
