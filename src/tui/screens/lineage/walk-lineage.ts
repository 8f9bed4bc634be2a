import type { LineageRow } from "./lineage-rows.js";

export type Step = "upstream" | "downstream" | "next" | "previous";

/** The row that a step from `cursor` leads to; null when there is none. */
export function walkOrNull(rows: readonly LineageRow[], cursor: number, step: Step): number | null {
    const row = rows[cursor];
    if (row === undefined) {
        return null;
    }
    switch (step) {
        case "upstream":
            return row.side === "downstream" ? row.parent : nearestChildOrNull(rows, cursor, "upstream");
        case "downstream":
            return row.side === "upstream" ? row.parent : nearestChildOrNull(rows, cursor, "downstream");
        case "next":
            return walkAlongOrNull(rows, cursor, 1);
        case "previous":
            return walkAlongOrNull(rows, cursor, -1);
    }
}

/** The nearest child of a row on one side; for a repeated row, the nearest child of its first row. */
function nearestChildOrNull(
    rows: readonly LineageRow[],
    cursor: number,
    side: "upstream" | "downstream",
): number | null {
    const row = rows[cursor];
    const shown = row?.isRepeated === true ? findFirst(rows, cursor) : cursor;
    const children = (rows[shown]?.children ?? []).filter((child) => rows[child]?.side === side);
    return (side === "upstream" ? children.at(-1) : children[0]) ?? null;
}

function findFirst(rows: readonly LineageRow[], cursor: number): number {
    const { name, side } = rows[cursor] ?? {};
    return rows.findIndex((row) => row.name === name && row.side === side && !row.isRepeated);
}

/** The next or previous sibling; without one, the next or previous line. */
function walkAlongOrNull(rows: readonly LineageRow[], cursor: number, by: 1 | -1): number | null {
    const { parent = null, side } = rows[cursor] ?? {};
    const siblings =
        parent === null
            ? side === "focus"
                ? []
                : [...rows.keys()].filter((index) => rows[index]?.parent === null)
            : (rows[parent]?.children ?? []).filter((index) => rows[index]?.side === side);
    const line = cursor + by;
    return siblings[siblings.indexOf(cursor) + by] ?? (line >= 0 && line < rows.length ? line : null);
}

/** `here` takes the row itself first. */
export type Direction = "here" | "next" | "previous";

/** The nearest row in a direction whose name contains the text, going on from the other end; null when there is none. */
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
        // Skip repeated rows: their first row is enough.
        if (row?.isRepeated === false && row.name.toLowerCase().includes(wanted)) {
            return index;
        }
    }
    return null;
}
