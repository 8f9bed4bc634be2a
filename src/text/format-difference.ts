import { typeIds } from "./column-types.js";
import { formatTable, type TextRow } from "./format-table.js";

/** A row on one side of a comparison, on the other, or on both with cells that differ. */
export interface RowPair {
    readonly left: TextRow | null;
    readonly right: TextRow | null;
}

/** What the two sides are called, and what a row that only one of them has. */
export interface DifferenceWords {
    readonly left: string;
    readonly right: string;
}

/** Stands for a value that is the one above. */
const same = "″";

/**
 * Rows that differ as a table: of a pair, the right one shows only the cells that differ.
 *
 *                    week        order_count
 *     expected       2025-01-06  2
 *     found          ″           3
 *     only found     2025-01-13  1
 */
export function formatDifference(
    columns: readonly string[],
    pairs: readonly RowPair[],
    words: DifferenceWords,
    maxWidth = Number.POSITIVE_INFINITY,
): readonly string[] {
    const rows = pairs.flatMap(({ left, right }): TextRow[] => {
        if (left === null || right === null) {
            return [[`only ${left === null ? words.right : words.left}`, ...(left ?? right ?? [])]];
        }
        return [
            [words.left, ...left],
            [words.right, ...right.map((cell, index) => (cell === left[index] ? same : cell))],
        ];
    });
    const tableColumns = ["", ...columns].map((name) => ({ name, typeId: typeIds.text }));
    return formatTable(tableColumns, rows, maxWidth);
}
