export interface ChangedRow {
    readonly operation: "insert" | "update" | "delete";
    readonly oldRow: Readonly<Record<string, unknown>> | null;
    readonly newRow: Readonly<Record<string, unknown>> | null;
}

const marks = { insert: "+", update: "~", delete: "-" } as const;

/**
 * One changed row on one line, named by its key; of an update only what differs:
 *
 *     ~ week_start 2024-11-25: order_count 148 → 149, gross_amount 31204.50 → 31280.00
 *     + week_start 2024-12-02: order_count 12, gross_amount 2210.00
 */
export function formatRowChange(change: ChangedRow, primaryKey: readonly string[]): string {
    const row = change.newRow ?? change.oldRow ?? {};
    const key = primaryKey.map((column) => `${column} ${formatValue(row[column])}`).join(", ");
    const columns = Object.keys(row).filter((column) => !primaryKey.includes(column));
    const { oldRow, newRow } = change;
    const values =
        oldRow !== null && newRow !== null
            ? columns
                  .filter((column) => JSON.stringify(oldRow[column]) !== JSON.stringify(newRow[column]))
                  .map((column) => `${column} ${formatValue(oldRow[column])} → ${formatValue(newRow[column])}`)
            : columns.map((column) => `${column} ${formatValue(row[column])}`);
    return `${marks[change.operation]} ${key}: ${values.join(", ")}`;
}

function formatValue(value: unknown): string {
    return value === null || value === undefined ? "∅" : typeof value === "string" ? value : JSON.stringify(value);
}
