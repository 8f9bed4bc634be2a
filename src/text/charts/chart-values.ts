/** A value to draw; null, NaN and infinity are gaps. */
export type ChartValue = number | null;

/** A value with its name, for bars. */
export interface ChartPoint {
    readonly label: string;
    readonly value: ChartValue;
}

/** Whether a value can be drawn: it is a finite number. */
export function isDrawable(value: ChartValue): value is number {
    return value !== null && Number.isFinite(value);
}

/** The least and the greatest drawable value; null when there is none. */
export function extentOrNull(values: readonly ChartValue[]): { readonly least: number; readonly most: number } | null {
    let least = Infinity;
    let most = -Infinity;
    for (const value of values) {
        if (isDrawable(value)) {
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
    }
    return least > most ? null : { least, most };
}

/** Parses PostgreSQL's text of a number; NaN, infinity and numbers beyond the range of a double are gaps. */
export function readNumber(text: string | null): ChartValue {
    const number = text === null || text.trim() === "" ? NaN : Number(text);
    return Number.isFinite(number) ? number : null;
}

/** Parses PostgreSQL's text of a date or timestamp to milliseconds since 1970; infinity and years BC are gaps. */
export function readTime(text: string | null): ChartValue {
    // PostgreSQL writes `2025-03-02 10:15:00+00`; `Date.parse` needs a T, and minutes in the offset.
    const parts = text === null ? null : /^(\d{4,6}-\d\d-\d\d)(?: ([\d:.]+)([+-]\d\d(?::\d\d)?)?)?$/.exec(text);
    if (parts === null) {
        return null;
    }
    const [, date = "", clock = "00:00:00", offset = "+00"] = parts;
    const day = date.length > 10 ? `+${date.padStart(12, "0")}` : date;
    const time = Date.parse(`${day}T${clock}${offset.length === 3 ? `${offset}:00` : offset}`);
    return Number.isFinite(time) ? time : null;
}
