import type { Database } from "../../database/database.js";
import { StardeckError } from "../../database/errors.js";
import type { GridView } from "./grid-view.js";
import type { ReadOptions } from "./relation.js";
import type { BrowseRow, RowKey } from "./row-page.js";

/** One value, whole up to a bound. */
export interface WholeCell {
    readonly text: string | null;
    /** The size of the whole value in bytes. */
    readonly bytes: number;
    /** False when the bound cut it. */
    readonly isWhole: boolean;
}

/** The value of one column of one row, up to 10 MB of it; null when the row is gone. */
export function loadCell(
    database: Database,
    view: GridView,
    key: RowKey,
    column: string,
    options: ReadOptions,
): Promise<WholeCell | null> {
    void [database, view, key, column, options];
    return Promise.reject(new StardeckError("This is not available yet.", { code: "failed" }));
}

/** All columns of one row, hidden ones too, in the relation's order; null when the row is gone. */
export function loadRow(
    database: Database,
    view: GridView,
    key: RowKey,
    options: ReadOptions & { readonly clipCharacters?: number },
): Promise<BrowseRow | null> {
    void [database, view, key, options];
    return Promise.reject(new StardeckError("This is not available yet.", { code: "failed" }));
}
