/** A row's values as PostgreSQL writes them. */
export type Cells = readonly (string | null)[];

/** A row that differs from what is expected. */
export interface RowDifference {
    /** Null for an unexpected row. */
    readonly expected: Cells | null;
    /** Null for a missing row. */
    readonly found: Cells | null;
}

/**
 * Compares rows regardless of their order; duplicates count. Rows with the same key, given by the positions of its columns, are paired
 * for a comparison cell by cell; without a key, a row is either found or missing.
 */
export function compareRows(
    expected: readonly Cells[],
    found: readonly Cells[],
    key: readonly number[],
): readonly RowDifference[] {
    const left = new Map<string, Cells[]>();
    for (const row of found) {
        const text = JSON.stringify(row);
        left.set(text, [...(left.get(text) ?? []), row]);
    }
    const missing = expected.filter((row) => left.get(JSON.stringify(row))?.pop() === undefined);
    const unexpected = [...left.values()].flat();
    const differences: RowDifference[] = [];
    const keyOf = (row: Cells): string => JSON.stringify(key.map((position) => row[position]));
    for (const row of missing) {
        const place = key.length === 0 ? -1 : unexpected.findIndex((other) => keyOf(other) === keyOf(row));
        differences.push({ expected: row, found: place === -1 ? null : (unexpected.splice(place, 1)[0] ?? null) });
    }
    return [...differences, ...unexpected.map((row) => ({ expected: null, found: row }))];
}
