import { findNext, type FoundRow } from "../../../browse/find-next.js";
import type { GridView } from "../../../browse/grid-view.js";
import { isSameRow, type RowKey } from "../../../browse/row-page.js";
import type { App } from "../../app/app.js";
import { rowAt, type RowWindow } from "./row-window.js";

export type FindDirection = "next" | "previous";

export interface SearchResult {
    readonly found: FoundRow;
    /** Whether the search went on from the other end. */
    readonly isWrapped: boolean;
}

/** Searches the nearest row that contains the text, on the server; goes on from the other end when that direction has none. */
export async function searchRows(
    app: App,
    view: GridView,
    text: string,
    from: RowKey | null,
    direction: FindDirection,
    signal: AbortSignal,
): Promise<SearchResult | null> {
    const search = (key: RowKey | null): Promise<FoundRow | null> =>
        app.read((database, options) => findNext(database, view, text, key, direction, options), signal);
    const near = await search(from);
    if (near !== null || from === null) {
        return near === null ? null : { found: near, isWrapped: false };
    }
    const far = await search(null);
    return far === null ? null : { found: far, isWrapped: true };
}

/** The number of a row in the window; null when it is not there. */
export function findInWindow(window: RowWindow, key: RowKey): number | null {
    const place = window.rows.findIndex((row) => isSameRow(row.key, key));
    return rowAt(window, window.start + place) === null ? null : window.start + place;
}
