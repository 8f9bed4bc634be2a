import type { LineageRow } from "./lineage-rows.js";

/** `here` takes the row itself first. */
export type Direction = "here" | "next" | "previous";

/** The nearest row in a direction whose name holds the text, around the ends; null when there is none. */
export function findLineageOrNull(
    rows: readonly LineageRow[],
    cursor: number,
    text: string,
    direction: Direction,
): number | null {
    const wanted = text.toLowerCase();
    if (wanted === "") {
        return null;
    }
    const by = direction === "previous" ? -1 : 1;
    const first = direction === "here" ? 0 : 1;
    for (let step = first; step < rows.length + first; step++) {
        const index = (cursor + by * step + rows.length * 2) % rows.length;
        const row = rows[index];
        // A name that is shown again leads to nothing new.
        if (row?.isRepeated === false && row.name.toLowerCase().includes(wanted)) {
            return index;
        }
    }
    return null;
}
