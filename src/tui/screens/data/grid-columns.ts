import { isNumericType } from "../../../text/column-types.js";
import type { BrowseColumn } from "../../../browse/relation.js";
import type { BrowseRow } from "../../../browse/row-page.js";
import type { Theme } from "../../kit/theme.js";
import { formatGridCell, measureCell } from "./grid-cells.js";

/** Blanks between two columns. */
export const columnGap = 2;
/** Cells before the first column, for the mark of the selected row. */
export const markWidth = 1;
/** Cells between the frozen columns and those that scroll. */
export const frozenGap = 3;

/** A column's place on the screen. */
export interface PlacedColumn {
    /** Its index among all shown columns. */
    readonly index: number;
    /** Its first cell in the line. */
    readonly x: number;
    /** Less than its full width if the right edge cuts it. */
    readonly width: number;
}

export interface ColumnPlaces {
    readonly placed: readonly PlacedColumn[];
    /** How many of them are frozen: fewer than wished if they leave too little room for others. */
    readonly frozen: number;
    /** The first column in view of those that scroll. */
    readonly left: number;
    /** Columns out of sight at the right. */
    readonly hidden: number;
}

export interface PlacingWish {
    readonly count: number;
    readonly widthOf: (index: number) => number;
    readonly frozen: number;
    /** The first scrolling column in view before. */
    readonly left: number;
    /** The column that must be in view. */
    readonly current: number;
    readonly width: number;
}

/** The least width of a column that the right edge cuts. */
const leastCut = 4;

/** Places the columns so that the current one is in view, scrolled no further than needed. */
export function placeColumns({ count, widthOf, current, width, ...wish }: PlacingWish): ColumnPlaces {
    let frozen = Math.min(wish.frozen, count);
    const extentOf = (from: number, to: number): number => {
        let extent = 0;
        for (let index = from; index < to; index++) {
            extent += widthOf(index) + columnGap;
        }
        return extent;
    };
    while (frozen > 0 && extentOf(0, frozen) > width * 0.6) {
        frozen--;
    }
    const head = markWidth + (frozen === 0 ? 0 : extentOf(0, frozen) - columnGap + frozenGap);
    const room = width - head;
    const left = scrollTo({ frozen, room, count, current, left: wish.left, widthOf });
    const placed: PlacedColumn[] = [];
    let x = markWidth;
    for (let index = 0; index < frozen; index++) {
        placed.push({ index, x, width: widthOf(index) });
        x += widthOf(index) + columnGap;
    }
    x = head;
    let next = left;
    for (; next < count; next++) {
        const fitting = Math.min(widthOf(next), width - x);
        if (fitting < Math.min(widthOf(next), leastCut)) {
            break;
        }
        placed.push({ index: next, x, width: fitting });
        x += fitting + columnGap;
    }
    return { placed, frozen, left, hidden: count - next };
}

interface ScrollWish {
    readonly frozen: number;
    readonly room: number;
    readonly count: number;
    readonly current: number;
    readonly left: number;
    readonly widthOf: (index: number) => number;
}

function scrollTo({ frozen, room, count, current, left, widthOf }: ScrollWish): number {
    const last = Math.max(frozen, count - 1);
    // Leave no empty space at the right while columns are out of view at the left.
    const latest = firstThatFits(last, frozen, room, widthOf);
    if (current < frozen) {
        return Math.max(frozen, Math.min(left, latest));
    }
    // Show the whole current column, and as many before it as fit.
    const earliest = firstThatFits(current, frozen, room, widthOf);
    return Math.min(Math.max(Math.min(left, current), earliest), latest);
}

/** The first column such that all from it up to `to` fit completely. */
function firstThatFits(to: number, frozen: number, room: number, widthOf: (index: number) => number): number {
    let used = widthOf(to);
    let first = to;
    while (first > frozen && used + columnGap + widthOf(first - 1) <= room) {
        first--;
        used += columnGap + widthOf(first);
    }
    return first;
}

/** The greatest width of a column that a person has not widened. */
export const widestColumn = 32;
/** Numbers get more room, because they are never shown cut. */
const widestNumber = 48;

/** No column is narrower, so that null can be shown without Unicode. */
const leastWidth = 4;

/** The width that a column needs for its name and for these rows, in terminal cells. */
export function measureColumn(
    column: BrowseColumn,
    cell: number,
    rows: readonly BrowseRow[],
    headWidth: number,
    theme: Theme,
    widest = widestColumn,
): number {
    const most = isNumericType(column.typeId) ? widestNumber : widest;
    let width = Math.max(leastWidth, Math.min(headWidth, most));
    for (const { cells, clippedBytes } of rows) {
        if (width >= most) {
            break;
        }
        const value = cells[cell] ?? null;
        // A character takes at most two cells, so shorter values need not be measured.
        if (value !== null && value.length * 2 > width) {
            width = Math.max(width, measureCell(formatGridCell(value, column, cell in clippedBytes, theme), most));
        }
    }
    return width;
}
