import type { ChangedRow } from "../runs/changed-rows.js";
const marks = { insert: "+", update: "~", delete: "-" } as const;

/**
 * One changed row on one line, named by its key; for an update, only the columns that differ:
 *
 *     ~ week_start 2024-11-25: order_count 148 → 149, gross_amount 31204.50 → 31280.00
 *     + week_start 2024-12-02: order_count 12, gross_amount 2210.00
 */
export function formatRowChange({ operation, before, after }: ChangedRow, primaryKey: readonly string[]): string {
    const row = after ?? before ?? {};
    const key = primaryKey.map((column) => `${column} ${formatValue(row[column])}`).join(", ");
    const columns = Object.keys(row).filter((column) => !primaryKey.includes(column));
    const values =
        before !== null && after !== null
            ? columns
                  .filter((column) => JSON.stringify(before[column]) !== JSON.stringify(after[column]))
                  .map((column) => `${column} ${formatValue(before[column])} → ${formatValue(after[column])}`)
            : columns.map((column) => `${column} ${formatValue(row[column])}`);
    return `${marks[operation]} ${key}: ${values.join(", ")}`;
}

function formatValue(value: unknown): string {
    return value === null || value === undefined ? "∅" : typeof value === "string" ? value : JSON.stringify(value);
}
