import type { BrowseColumn } from "../../../browse/relation.js";
import type { BrowseRow, RowPage } from "../../../browse/row-page.js";

/** Consecutive rows of a view that are kept in memory: rows are added at both ends, and dropped far from the cursor. */
export interface RowWindow {
    /** The number of the first row. Numbers tell rows of one window apart; they stay when rows are added in front. */
    readonly start: number;
    readonly rows: readonly BrowseRow[];
    /** The columns of the rows' cells, in their order. */
    readonly columns: readonly BrowseColumn[];
    readonly hasBefore: boolean;
    readonly hasAfter: boolean;
    /** How many rows of the view come before the first one; null when that is not known. */
    readonly firstIndex: number | null;
    readonly isExactPosition: boolean;
}

export function makeWindow(page: RowPage): RowWindow {
    return {
        start: 0,
        rows: page.rows,
        columns: page.columns,
        hasBefore: page.hasBefore,
        hasAfter: page.hasAfter,
        firstIndex: page.hasBefore ? page.firstIndex : 0,
        isExactPosition: !page.hasBefore || page.isExactPosition,
    };
}

/** The number of the last row; one less than `start` when there is none. */
export function lastRowOf({ start, rows }: RowWindow): number {
    return start + rows.length - 1;
}

export function rowAt({ start, rows }: RowWindow, row: number): BrowseRow | null {
    return rows[row - start] ?? null;
}

/** Whether the window has all rows of the view. */
export function isWhole({ hasBefore, hasAfter }: RowWindow): boolean {
    return !hasBefore && !hasAfter;
}

/** How many rows come before a row of the window; null when that is not known. */
export function indexOfRow({ start, firstIndex }: RowWindow, row: number): number | null {
    return firstIndex === null ? null : firstIndex + (row - start);
}

/** Adds a page of rows at the end. */
export function growAfter(window: RowWindow, page: RowPage): RowWindow {
    return { ...window, rows: [...window.rows, ...page.rows], hasAfter: page.hasAfter };
}

/** Adds a page of rows at the start. */
export function growBefore(window: RowWindow, page: RowPage): RowWindow {
    const { firstIndex, rows, start } = window;
    return {
        ...window,
        start: start - page.rows.length,
        rows: [...page.rows, ...rows],
        hasBefore: page.hasBefore,
        firstIndex: page.hasBefore ? (firstIndex === null ? page.firstIndex : firstIndex - page.rows.length) : 0,
        isExactPosition: !page.hasBefore || window.isExactPosition,
    };
}

/** Drops the rows that are farthest from `row`, so that at most `maxRows` are left. */
export function trimWindow(window: RowWindow, row: number, maxRows: number): RowWindow {
    const excess = window.rows.length - maxRows;
    if (excess <= 0) {
        return window;
    }
    const fromStart = Math.max(0, Math.min(excess, row - window.start - Math.floor(maxRows / 2)));
    const fromEnd = excess - fromStart;
    return {
        ...window,
        start: window.start + fromStart,
        rows: window.rows.slice(fromStart, window.rows.length - fromEnd),
        hasBefore: window.hasBefore || fromStart > 0,
        hasAfter: window.hasAfter || fromEnd > 0,
        firstIndex: window.firstIndex === null ? null : window.firstIndex + fromStart,
    };
}

/** The end at which rows are missing within `ahead` rows of the cursor; null when none are. */
export function missingSide(window: RowWindow, row: number, ahead: number): "before" | "after" | null {
    if (window.rows.length === 0) {
        return null;
    }
    if (window.hasAfter && lastRowOf(window) - row < ahead) {
        return "after";
    }
    return window.hasBefore && row - window.start < ahead ? "before" : null;
}
