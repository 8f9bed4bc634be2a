import type { GridView } from "../../../browse/grid-view.js";
import { loadPage } from "../../../browse/load-page.js";
import type { PagePosition, RowPage } from "../../../browse/row-page.js";
import type { App } from "../../app/app.js";

/** Cells of a page and of all that is kept: a table of 1,600 columns must not cost more memory than one of six. */
const pageCells = 8_000;
const keptCells = 200_000;

/** Rows to read at once, for this many columns. */
function pageSize(columnCount: number, height: number): number {
    return Math.max(height, Math.min(500, Math.floor(pageCells / Math.max(1, columnCount))));
}

/** Rows to keep, for this many columns. */
export function keptSize(columnCount: number, height: number): number {
    return Math.max(8 * height, Math.min(3000, Math.floor(keptCells / Math.max(1, columnCount))));
}

/** Reads rows of a view at a place; the last rows there are when what should come first is gone with all that followed it. */
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
