import type { Database } from "../../../database/database.js";
import { ConnectionError } from "../../../database/errors.js";
import { estimateRows } from "../../../browse/count-rows.js";
import type { GridView } from "../../../browse/grid-view.js";
import { openQuery } from "../../../browse/open-query.js";
import { openRelation } from "../../../browse/open-relation.js";
import { presentModel } from "../../../browse/present-model.js";
import type { Relation } from "../../../browse/relation.js";
import type { PagePosition, RowPage } from "../../../browse/row-page.js";
import type { App } from "../../app/app.js";
import type { DataTarget } from "../../kit/screen.js";
import { makeStore, type Readable } from "../../terminal/store.js";
import { adoptRelation, hasSameRows, type Arrangement } from "./arrangement.js";
import { makeFetchAhead } from "./fetch-ahead.js";
import { currentColumn, currentRow, makeGridState, moveColumn, moveRow, type GridState } from "./grid-state.js";
import { readRows } from "./page-reader.js";
import { lastRowOf, makeWindow, rowAt } from "./row-window.js";
import { findInWindow, searchRows, type FindDirection } from "./search-rows.js";
import { presentedOf } from "./presented-view.js";
import { stepHistory, stepTarget, type HistoryStep } from "./view-history.js";

/** What the painter keeps from frame to frame: the scroll position and the number of rows in view. */
export interface Viewport {
    height: number;
    top: number;
    left: number;
}

/** One open relation or query: its state, and the actions that change it. No action waits; results come as new states. */
export interface Grid extends Readable<GridState> {
    readonly viewport: Viewport;
    /** Reads the relation and its first rows. */
    readonly open: () => void;
    /** The arrangement once the running work is done. */
    readonly latest: () => Arrangement | null;
    /** Shows another arrangement: at once if its rows are the same, else as soon as they are read. */
    readonly arrange: (what: string, next: Arrangement) => void;
    readonly undo: () => void;
    readonly redo: () => void;
    /** Reads the relation and the rows in view again. */
    readonly refresh: () => void;
    readonly jump: (what: string, position: PagePosition) => void;
    readonly moveRow: (by: number) => void;
    readonly moveColumn: (by: number) => void;
    readonly moveTo: (row: number, column: number) => void;
    /** Goes to the next or previous row that contains the text, going on from the other end. */
    readonly find: (text: string, direction: FindDirection) => void;
    readonly endFind: () => void;
    /** Cancels the running read; returns false when none is. */
    readonly cancel: () => boolean;
    readonly setExactCount: (view: GridView, rows: number) => void;
    /** Repeats a read that failed because the connection was lost. */
    readonly retryLost: () => void;
}

export interface GridOptions {
    /** The first arrangement of a relation that has been opened. */
    readonly begin: (relation: Relation) => Arrangement;
    /** The column that the cursor begins on; the first one when null. */
    readonly firstColumn: string | null;
    /** Called when something fails while rows are shown; those rows stay. */
    readonly onFailure: (what: string, error: Error, tried: Arrangement | null) => void;
}

const estimateTimeoutMs = 5_000;

interface Reading {
    readonly next: Arrangement;
    readonly position: PagePosition;
    readonly step: HistoryStep;
    /** The cursor's row, counted from the first one read. */
    readonly rowOffset?: number;
    /** The cursor's column. */
    readonly columnName?: string | null;
}

type OpenRelation = Parameters<typeof openRelation> extends [Database, ...infer Rest] ? Rest : never;

export function makeGrid(app: App, target: DataTarget, { begin, firstColumn, onFailure }: GridOptions): Grid {
    const store = makeStore<GridState>(makeGridState(target));
    const viewport: Viewport = { height: 20, top: 0, left: 0 };
    const ahead = makeFetchAhead(app, store, () => viewport.height);
    const { get, update } = store;
    let working: AbortController | null = null;
    let estimating = new AbortController();

    const change = (changes: Partial<GridState>): void => {
        update((state) => ({ ...state, ...changes }));
    };

    /** Runs work that ends in other rows; cancels the work before. */
    function work(what: string, next: Arrangement | null, run: (signal: AbortSignal) => Promise<void>): void {
        working?.abort();
        const own = new AbortController();
        working = own;
        const startedAtMs = app.now();
        change({ work: { what, next, startedAtMs }, failure: null });
        const end = (error: Error | null): void => {
            if (working !== own) {
                return;
            }
            working = null;
            const isShown = get().window !== null;
            change({
                work: null,
                readMs: app.now() - startedAtMs,
                ...(error !== null && !isShown ? { failure: { what, error } } : {}),
            });
            if (error !== null && isShown) {
                onFailure(what, error, next);
            }
        };
        run(own.signal).then(
            () => {
                end(null);
            },
            (error: unknown) => {
                end(error instanceof Error ? error : new Error(String(error)));
            },
        );
    }

    /** Reads rows and then shows them, unless cancelled meanwhile. */
    async function show(reading: Reading, signal: AbortSignal): Promise<void> {
        const page = await readRows(app, reading.next.view, reading.position, viewport.height, signal);
        if (!signal.aborted) {
            put(reading, page);
        }
    }

    function showWhenRead(what: string, reading: Reading): void {
        work(what, reading.next, (signal) => show(reading, signal));
    }

    function put({ next, position, step, rowOffset = 0, columnName }: Reading, page: RowPage): void {
        ahead.stop();
        const before = get();
        const window = makeWindow(page);
        const last = Math.max(0, lastRowOf(window));
        const row = position.at === "end" ? last : Math.min(rowOffset, last);
        const hasOtherRows = before.arrangement === null || !hasSameRows(before.arrangement.view, next.view);
        viewport.top = position.at === "end" ? row - viewport.height + 1 : 0;
        store.set({
            ...before,
            ...stepHistory(before, step),
            relation: next.view.relation,
            arrangement: next,
            readView: next.view,
            window,
            windowNumber: before.windowNumber + 1,
            row,
            column: placeOfColumn(next, columnName ?? currentColumn(before), before.column),
            goal: null,
            failure: null,
            count: hasOtherRows ? plannedCount(next.view) : before.count,
        });
        if (hasOtherRows && get().count === null) {
            void estimate(next.view);
        }
        ahead.fetch();
    }

    async function estimate(view: GridView): Promise<void> {
        estimating.abort();
        estimating = new AbortController();
        const { signal } = estimating;
        try {
            const rows = await app.read(
                (database, options) => estimateRows(database, view, options),
                signal,
                estimateTimeoutMs,
            );
            const { arrangement, count } = get();
            if (arrangement !== null && hasSameRows(arrangement.view, view) && count === null) {
                change({ count: { rows, accuracy: "estimate" } });
            }
        } catch {
            // Without an estimate the title does not show the number of rows.
        }
    }

    function arrange(what: string, next: Arrangement, step: HistoryStep = "new"): void {
        const before = get();
        const { arrangement, readView, work: under } = before;
        if (arrangement === null || readView === null || !hasSameRows(arrangement.view, next.view)) {
            showWhenRead(what, { next, position: { at: "start" }, step });
            return;
        }
        if (under?.next !== null && under?.next !== undefined) {
            cancel();
        }
        store.set({
            ...get(),
            ...stepHistory(before, step),
            arrangement: next,
            column: placeOfColumn(next, currentColumn(before), before.column),
        });
        if (!next.view.columns.every((name) => readView.columns.includes(name))) {
            showWhenRead("reading the columns", { next, step: "none", ...inView() });
        }
    }

    /** The position to read from so that the same rows are in view and the cursor stays on its row. */
    function inView(): Pick<Reading, "position" | "rowOffset"> {
        const { window, row } = get();
        const top = window === null ? 0 : Math.max(window.start, Math.min(viewport.top, row));
        const first = window === null ? null : rowAt(window, top);
        return first === null
            ? { position: { at: "start" } }
            : { position: { at: "from", key: first.key }, rowOffset: row - top };
    }

    const readRelation = (signal: AbortSignal): Promise<Relation> =>
        app.read(
            (database, options) =>
                target.kind === "query"
                    ? openQuery(database, target.sql, options)
                    : openPresented(database, target, options),
            signal,
        );

    /** Opens a relation; the format of its values is as the model's file says. */
    async function openPresented(database: Database, ...given: OpenRelation): Promise<Relation> {
        const relation = await openRelation(database, ...given);
        const { columns } = presentModel(relation.columns, presentedOf(app, target));
        const looks = new Map(columns.map((column) => [column.name, column]));
        return { ...relation, columns: relation.columns.map((column) => looks.get(column.name) ?? column) };
    }

    function open(): void {
        const name = target.kind === "query" ? "the query" : `${target.schema}.${target.name}`;
        work(`opening ${name}`, null, async (signal) => {
            const relation = await readRelation(signal);
            if (!signal.aborted) {
                change({ relation });
                const columnName = firstColumn;
                await show({ next: begin(relation), position: { at: "start" }, step: "none", columnName }, signal);
            }
        });
    }

    function refresh(): void {
        const { arrangement } = get();
        if (arrangement === null) {
            open();
            return;
        }
        work("reading again", null, async (signal) => {
            const relation = await readRelation(signal);
            const next = adoptRelation(get().arrangement ?? arrangement, relation);
            await show({ next, step: "none", ...inView() }, signal);
        });
    }

    function cancel(): boolean {
        estimating.abort();
        const { work: under, fetching, window } = get();
        if (under === null && fetching === null) {
            return false;
        }
        ahead.stop();
        const own = working;
        working = null;
        own?.abort();
        const failure =
            window === null ? { what: under?.what ?? "reading", error: new Error("It was cancelled.") } : null;
        change({ work: null, failure });
        return true;
    }

    async function goToFound(text: string, direction: FindDirection, signal: AbortSignal): Promise<void> {
        const { arrangement, readView } = get();
        if (arrangement === null || readView === null) {
            return;
        }
        const from = currentRow(get())?.key ?? null;
        const result = await searchRows(app, arrangement.view, text, from, direction, signal);
        if (signal.aborted) {
            return;
        }
        if (result === null) {
            app.say(`No row of this view contains “${text}”.`, "warned");
            return;
        }
        const { found, isWrapped } = result;
        if (isWrapped) {
            app.say(direction === "next" ? "Found from the first row on." : "Found from the last row back.");
        }
        const name = currentColumn(get());
        const columnName = name !== null && found.columns.includes(name) ? name : (found.columns[0] ?? null);
        const { window } = get();
        const row = window === null ? null : findInWindow(window, found.key);
        if (row !== null) {
            change({ row, goal: null, column: placeOfColumn(arrangement, columnName, get().column) });
            ahead.fetch();
        } else {
            const position: PagePosition = { at: "from", key: found.key };
            await show({ next: arrangement, position, step: "none", columnName }, signal);
        }
    }

    function step(kind: "undo" | "redo"): void {
        const next = stepTarget(get(), kind);
        if (next !== null) {
            arrange(kind === "undo" ? "going back" : "going forward", next, kind);
        }
    }

    return {
        get,
        subscribe: store.subscribe,
        viewport,
        open,
        refresh,
        cancel,
        latest: () => get().work?.next ?? get().arrangement,
        arrange: (what, next) => {
            arrange(what, next);
        },
        undo: () => {
            step("undo");
        },
        redo: () => {
            step("redo");
        },
        jump: (what, position) => {
            const { arrangement } = get();
            if (arrangement !== null) {
                showWhenRead(what, { next: arrangement, position, step: "none" });
            }
        },
        moveRow: (by) => {
            update((state) => moveRow(state, by, viewport.height));
            ahead.fetch();
        },
        moveColumn: (by) => {
            update((state) => moveColumn(state, by));
        },
        moveTo: (row, column) => {
            update((state) => moveRow({ ...state, column, goal: null }, row - state.row, viewport.height));
            ahead.fetch();
        },
        find: (text, direction) => {
            change({ findText: text });
            work(`finding “${text}”`, null, (signal) => goToFound(text, direction, signal));
        },
        endFind: () => {
            change({ findText: null });
        },
        setExactCount: (view, rows) => {
            const { arrangement } = get();
            if (arrangement !== null && hasSameRows(arrangement.view, view)) {
                change({ count: { rows, accuracy: "exact" } });
            }
        },
        retryLost: () => {
            const { failure, window } = get();
            if (failure?.error instanceof ConnectionError) {
                change({ failure: null });
                if (window === null) {
                    open();
                } else {
                    ahead.fetch();
                }
            }
        },
    };
}

/** The planner's estimate when the relation was opened; null when the view has conditions, which that does not count. */
function plannedCount({ relation, filters, where }: GridView): GridState["count"] {
    const isAll = filters.length === 0 && where === null;
    return isAll && relation.estimatedRows !== null ? { rows: relation.estimatedRows, accuracy: "estimate" } : null;
}

/** The index of the column, or its old index if it is not shown any more. */
function placeOfColumn({ view }: Arrangement, name: string | null, before: number): number {
    const place = name === null ? -1 : view.columns.indexOf(name);
    return place >= 0 ? place : Math.max(0, Math.min(before, view.columns.length - 1));
}
