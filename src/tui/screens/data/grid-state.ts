import type { GridView } from "../../../browse/grid-view.js";
import type { Relation } from "../../../browse/relation.js";
import type { BrowseRow } from "../../../browse/row-page.js";
import type { DataTarget } from "../../kit/screen.js";
import type { Arrangement } from "./arrangement.js";
import { lastRowOf, rowAt, type RowWindow } from "./row-window.js";

/** A read that ends in other rows: opening, sorting, jumping. */
export interface Work {
    /** What it does, such as `sorting by week_start`. */
    readonly what: string;
    readonly startedAtMs: number;
    /** The arrangement once it is done; null when it stays the same. */
    readonly next: Arrangement | null;
}

export interface Failure {
    readonly what: string;
    readonly error: Error;
}

export interface RowCount {
    readonly rows: number;
    readonly accuracy: "estimate" | "exact";
}

/** One relation or query in the grid. The arrangement and the rows always belong together. */
export interface GridState {
    readonly target: DataTarget;
    readonly relation: Relation | null;
    readonly arrangement: Arrangement | null;
    /** The view that the rows were read with; it may have columns that have been hidden since. */
    readonly readView: GridView | null;
    readonly window: RowWindow | null;
    /** The number of the window: row numbers of different windows are unrelated. */
    readonly windowNumber: number;
    /** The cursor: a row number of the window, and an index among the shown columns. */
    readonly row: number;
    readonly column: number;
    /** The row that the cursor goes to as soon as it has been read; null when there is none. */
    readonly goal: number | null;
    readonly work: Work | null;
    /** How long the last work took, in milliseconds; null before the first has ended. */
    readonly readMs: number | null;
    readonly fetching: { readonly side: "before" | "after"; readonly startedAtMs: number } | null;
    readonly failure: Failure | null;
    readonly count: RowCount | null;
    readonly findText: string | null;
    readonly past: readonly Arrangement[];
    readonly future: readonly Arrangement[];
}

export function makeGridState(target: DataTarget): GridState {
    return {
        target,
        relation: null,
        arrangement: null,
        readView: null,
        window: null,
        windowNumber: 0,
        row: 0,
        column: 0,
        goal: null,
        work: null,
        readMs: null,
        fetching: null,
        failure: null,
        count: null,
        findText: null,
        past: [],
        future: [],
    };
}

/** How many rows the view has: the exact number if the last row has been read at a known position, else the count. */
export function countOf({ window, count }: Pick<GridState, "window" | "count">): RowCount | null {
    if (window !== null && !window.hasAfter && window.firstIndex !== null && window.isExactPosition) {
        return { rows: window.firstIndex + window.rows.length, accuracy: "exact" };
    }
    return count;
}

/** The row under the cursor; null while there is none. */
export function currentRow({ window, row }: GridState): BrowseRow | null {
    return window === null ? null : rowAt(window, row);
}

/** The name of the column under the cursor; null when none is shown. */
export function currentColumn({ arrangement, column }: GridState): string | null {
    return arrangement?.view.columns[column] ?? null;
}

/** The value under the cursor, and whether it is clipped; null while there is none. */
export function currentCell(state: GridState): { readonly value: string | null; readonly isClipped: boolean } | null {
    const row = currentRow(state);
    const name = currentColumn(state);
    const cell = state.window?.columns.findIndex((column) => column.name === name) ?? -1;
    return row === null || cell < 0 ? null : { value: row.cells[cell] ?? null, isClipped: cell in row.clippedBytes };
}

/** How many pages the cursor's goal may be beyond the rows that have been read. */
const pagesAhead = 3;

/**
 * Moves the cursor by some rows: at once over rows that have been read. Beyond them it waits on the last one and goes on as
 * rows arrive.
 */
export function moveRow(state: GridState, by: number, pageHeight: number): GridState {
    const { window } = state;
    if (window === null || window.rows.length === 0) {
        return state;
    }
    const last = lastRowOf(window);
    const isOnItsWay = state.goal !== null && Math.sign(state.goal - state.row) === Math.sign(by);
    const wished = (isOnItsWay ? state.goal : state.row) + by;
    const row = Math.max(window.start, Math.min(wished, last));
    const ahead = pagesAhead * pageHeight;
    const goal =
        wished > last && window.hasAfter
            ? Math.min(wished, last + ahead)
            : wished < window.start && window.hasBefore
              ? Math.max(wished, window.start - ahead)
              : null;
    return { ...state, row, goal };
}

/** Puts in a window that has grown: the cursor goes on towards its goal. */
export function putWindow(state: GridState, window: RowWindow): GridState {
    const last = Math.max(window.start, lastRowOf(window));
    const wished = state.goal ?? state.row;
    const row = Math.max(window.start, Math.min(wished, last));
    const isThere = row === wished || (wished > row && !window.hasAfter) || (wished < row && !window.hasBefore);
    return { ...state, window, row, goal: isThere ? null : wished };
}

export function moveColumn(state: GridState, by: number): GridState {
    const count = state.arrangement?.view.columns.length ?? 0;
    return { ...state, column: Math.max(0, Math.min(state.column + by, count - 1)) };
}
