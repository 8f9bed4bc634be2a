/** A timestamp without time zone: microseconds since 1970-01-01. */
export type Timestamp = bigint;

const microsPerDay = 86_400_000_000n;

/** A landed timestamp: null when it is infinite or outside the warehouse's time, 1900-01-01 up to 9999-12-31. */
export function parseUsableTimestamp(text: string | null): Timestamp | null {
    if (text === null || text === "infinity" || text === "-infinity") {
        return null;
    }
    const timestamp = parseTimestamp(text);
    return timestamp >= beginningOfTime && timestamp < endOfTime ? timestamp : null;
}

/** Reads PostgreSQL's text form, `2025-01-06 09:30:00.000001`. */
export function parseTimestamp(text: string): Timestamp {
    const match = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?$/.exec(text);
    if (match === null) {
        throw new Error(`Not a timestamp: ${text}`);
    }
    const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part || "0"));
    const ms = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
    return BigInt(ms) * 1000n + BigInt((match[7] ?? "").padEnd(6, "0"));
}

/** As PostgreSQL writes it: no fraction when there is none, else without its last zeros. */
export function formatTimestamp(timestamp: Timestamp): string {
    const micros = floorModulo(timestamp, 1_000_000n);
    const text = new Date(Number((timestamp - micros) / 1000n)).toISOString().slice(0, 19).replace("T", " ");
    return micros === 0n ? text : `${text}.${micros.toString().padStart(6, "0").replace(/0+$/, "")}`;
}

/** A calendar day: days since 1970-01-01. */
export type Day = number;

export function dayOf(timestamp: Timestamp): Day {
    return Number((timestamp - floorModulo(timestamp, microsPerDay)) / microsPerDay);
}

export function formatDay(day: Day): string {
    return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

/** 1 is Monday. 1970-01-01 was a Thursday. */
export function dayOfWeek(day: Day): number {
    return ((((day + 3) % 7) + 7) % 7) + 1;
}

/** The Monday on or before the day. */
export function weekStartOf(day: Day): Day {
    return day - dayOfWeek(day) + 1;
}

export const beginningOfTime = parseTimestamp("1900-01-01");
export const endOfTime = parseTimestamp("9999-12-31");
export const thirtyMinutes: Timestamp = 1_800_000_000n;

function floorModulo(value: bigint, divisor: bigint): bigint {
    return ((value % divisor) + divisor) % divisor;
}
