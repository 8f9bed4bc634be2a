import { formatDecimal, type Decimal } from "./decimal.js";
import { formatTimestamp, type Timestamp } from "./timestamp.js";

/** A row of a table as text by column: booleans `true` and `false`, numbers without trailing zeros, the rest as PostgreSQL writes it. */
export type Row = Readonly<Record<string, string | null>>;

export function formatInteger(value: number | null | undefined): string | null {
    return value === null || value === undefined ? null : String(value);
}

export function formatBoolean(value: boolean | null | undefined): string | null {
    return value === null || value === undefined ? null : String(value);
}

export function formatDecimalOrNull(value: Decimal | null | undefined): string | null {
    return value === null || value === undefined ? null : formatDecimal(value);
}

export function formatTimestampOrNull(value: Timestamp | null): string | null {
    return value === null ? null : formatTimestamp(value);
}
