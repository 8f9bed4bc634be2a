import type { App } from "../../app/app.js";
import type { Store } from "../../terminal/store.js";
import { putWindow, type GridState } from "./grid-state.js";
import { keptSize, readRows } from "./page-reader.js";
import { growAfter, growBefore, missingSide, trimWindow } from "./row-window.js";

export interface FetchAhead {
    /** Reads the next rows around the cursor if any are missing, one page at a time. */
    readonly fetch: () => void;
    /** Cancels the read that is running. */
    readonly stop: () => void;
}

/** How many screens of rows to read ahead. */
const screensAhead = 2;

/** Keeps a few pages around the cursor in the window, and drops rows that are far from it. */
export function makeFetchAhead(app: App, store: Store<GridState>, heightOf: () => number): FetchAhead {
    let fetching: AbortController | null = null;

    function fetch(): void {
        const { window, row, goal, readView, failure } = store.get();
        if (window === null || readView === null || fetching !== null || failure !== null) {
            return;
        }
        const side = missingSide(window, goal ?? row, screensAhead * heightOf());
        const edge = side === "after" ? window.rows.at(-1) : window.rows[0];
        if (side === null || edge === undefined) {
            return;
        }
        const own = new AbortController();
        fetching = own;
        store.update((state) => ({ ...state, fetching: { side, startedAtMs: app.now() } }));
        readRows(app, readView, { at: side, key: edge.key }, heightOf(), own.signal).then(
            (page) => {
                if (fetching !== own) {
                    return;
                }
                fetching = null;
                store.update((state) => {
                    if (state.window === null) {
                        return state;
                    }
                    const grown = side === "after" ? growAfter(state.window, page) : growBefore(state.window, page);
                    const moved = putWindow({ ...state, fetching: null }, grown);
                    const kept = keptSize(readView.columns.length, heightOf());
                    return { ...moved, window: trimWindow(grown, moved.row, kept) };
                });
                fetch();
            },
            (error: unknown) => {
                if (fetching === own) {
                    fetching = null;
                    const failed = error instanceof Error ? error : new Error(String(error));
                    store.update((state) => ({
                        ...state,
                        fetching: null,
                        goal: null,
                        failure: { what: "reading more rows", error: failed },
                    }));
                }
            },
        );
    }

    return {
        fetch,
        stop: () => {
            fetching?.abort();
            fetching = null;
            store.update((state) => (state.fetching === null ? state : { ...state, fetching: null, goal: null }));
        },
    };
}
