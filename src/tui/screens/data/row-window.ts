import type { BrowseColumn } from "../../../browse/relation.js";
import type { BrowseRow, RowPage } from "../../../browse/row-page.js";

/** The rows of a view that are at hand: one stretch of it, grown at its ends and cut where it is far from the cursor. */
export interface RowWindow {
    /** The number of the first row. Numbers tell rows of one window apart; they stay when rows are added in front. */
    readonly start: number;
    readonly rows: readonly BrowseRow[];
    /** What the cells of its rows are. */
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

/** All rows of the view are here. */
export function isWhole({ hasBefore, hasAfter }: RowWindow): boolean {
    return !hasBefore && !hasAfter;
}

/** How many rows come before a row of the window; null when that is not known. */
export function indexOfRow({ start, firstIndex }: RowWindow, row: number): number | null {
    return firstIndex === null ? null : firstIndex + (row - start);
}

/** Adds the rows that follow. */
export function growAfter(window: RowWindow, page: RowPage): RowWindow {
    return { ...window, rows: [...window.rows, ...page.rows], hasAfter: page.hasAfter };
}

/** Adds the rows that come before. */
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

/** Lets go of the rows that are farthest from `row`, until at most `maxRows` are left. */
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

/** Which rows to fetch next so that a few pages around the cursor are here; null when they are. */
export function missingSide(window: RowWindow, row: number, ahead: number): "before" | "after" | null {
    if (window.rows.length === 0) {
        return null;
    }
    if (window.hasAfter && lastRowOf(window) - row < ahead) {
        return "after";
    }
    return window.hasBefore && row - window.start < ahead ? "before" : null;
}
