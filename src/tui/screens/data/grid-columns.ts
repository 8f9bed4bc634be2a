import { isNumericType } from "../../../text/column-types.js";
import type { BrowseColumn } from "../../../browse/relation.js";
import type { BrowseRow } from "../../../browse/row-page.js";
import type { Theme } from "../../kit/theme.js";
import { formatGridCell, measureCell } from "./grid-cells.js";

/** Blanks between two columns. */
export const columnGap = 2;
/** Cells before the first column, where the selected row has its mark. */
export const markWidth = 1;
/** Between the columns that stay and those that scroll. */
export const frozenGap = 3;

/** A column as it stands on the screen. */
export interface PlacedColumn {
    /** Its place among all columns that are shown. */
    readonly index: number;
    /** The cell of the line where it begins. */
    readonly x: number;
    /** Less than its own width at the right edge. */
    readonly width: number;
}

export interface ColumnPlaces {
    readonly placed: readonly PlacedColumn[];
    /** How many of them stay in view: at most what leaves room for others. */
    readonly frozen: number;
    /** The first one of those that scroll. */
    readonly left: number;
    /** Columns out of sight at the right. */
    readonly hidden: number;
}

export interface PlacingWish {
    readonly count: number;
    readonly widthOf: (index: number) => number;
    readonly frozen: number;
    /** Where it was scrolled to before. */
    readonly left: number;
    /** The column that must be in view. */
    readonly current: number;
    readonly width: number;
}

/** A column at the right edge is shown from this width on. */
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
    // No empty space at the right while columns are out of sight at the left.
    const latest = firstThatFits(last, frozen, room, widthOf);
    if (current < frozen) {
        return Math.max(frozen, Math.min(left, latest));
    }
    // The current column whole, and as many before it as fit.
    const earliest = firstThatFits(current, frozen, room, widthOf);
    return Math.min(Math.max(Math.min(left, current), earliest), latest);
}

/** The first column from which on all up to `to` are whole in view. */
function firstThatFits(to: number, frozen: number, room: number, widthOf: (index: number) => number): number {
    let used = widthOf(to);
    let first = to;
    while (first > frozen && used + columnGap + widthOf(first - 1) <= room) {
        first--;
        used += columnGap + widthOf(first);
    }
    return first;
}

/** The widest that a column gets by itself. */
export const widestColumn = 32;
/** A number is worth more room, because it is not shown cut. */
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
        // A character takes two cells at most: what is shorter need not be measured.
        if (value !== null && value.length * 2 > width) {
            width = Math.max(width, measureCell(formatGridCell(value, column, cell in clippedBytes, theme), most));
        }
    }
    return width;
}
