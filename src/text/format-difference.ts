import { typeIds } from "./column-types.js";
import { formatTable, type TextRow } from "./format-table.js";

/** A row that is on one side of a comparison only, or on both with cells that differ. */
export interface RowPair {
    readonly left: TextRow | null;
    readonly right: TextRow | null;
}

/** The names of the two sides. */
export interface DifferenceWords {
    readonly left: string;
    readonly right: string;
}

/** Shown in place of a value that equals the one above. */
const same = "″";

/**
 * Formats rows that differ as a table: the second row of a pair shows only the cells that differ.
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
