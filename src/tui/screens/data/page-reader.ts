import type { GridView } from "../../../browse/grid-view.js";
import { loadPage } from "../../../browse/load-page.js";
import type { PagePosition, RowPage } from "../../../browse/row-page.js";
import type { App } from "../../app/app.js";

/** The cells of a page, and of all rows that are kept: a table with 1,600 columns must not take more memory than one with six. */
const pageCells = 8_000;
const keptCells = 200_000;

/** How many rows to read at once, for this many columns. */
function pageSize(columnCount: number, height: number): number {
    return Math.max(height, Math.min(500, Math.floor(pageCells / Math.max(1, columnCount))));
}

/** How many rows to keep, for this many columns. */
export function keptSize(columnCount: number, height: number): number {
    return Math.max(8 * height, Math.min(3000, Math.floor(keptCells / Math.max(1, columnCount))));
}

/** Reads rows of a view from a position on; if no rows are left from there on, reads the last rows of the view. */
export async function readRows(
    app: App,
    view: GridView,
    position: PagePosition,
    height: number,
    signal: AbortSignal,
): Promise<RowPage> {
    const pageRows = pageSize(view.columns.length, height);
    const page = await app.read(
        (database, options) => loadPage(database, view, position, { ...options, pageRows }),
        signal,
    );
    const isPastEnd = page.rows.length === 0 && page.hasBefore && (position.at === "from" || position.at === "row");
    return isPastEnd ? readRows(app, view, { at: "end" }, height, signal) : page;
}
