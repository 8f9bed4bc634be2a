/** The rows that have been read, by their numbers, and whether there are more at either end. */
export interface KnownRows {
    readonly start: number;
    readonly count: number;
    readonly hasBefore: boolean;
    readonly hasAfter: boolean;
}

/**
 * The number of the first row in view, scrolled no further than needed for the cursor's row. If there are unread rows at an end,
 * a line there says so; it is in view when the cursor is on the row next to it.
 */
export function placeTop(
    { start, count, hasBefore, hasAfter }: KnownRows,
    row: number,
    top: number,
    height: number,
): number {
    const last = start + count - 1;
    const firstLine = hasBefore ? start - 1 : start;
    const lastLine = hasAfter ? last + 1 : last;
    const highest = row === start ? firstLine : row;
    const lowest = (row === last ? lastLine : row) - height + 1;
    const wished = Math.max(lowest, Math.min(top, highest));
    return Math.max(firstLine, Math.min(wished, Math.max(firstLine, lastLine - height + 1)));
}
