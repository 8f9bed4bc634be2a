import type { Database } from "../../database/database.js";
import { StardeckError } from "../../database/errors.js";
import type { GridView } from "./grid-view.js";
import type { ReadOptions } from "./relation.js";
import type { RowKey } from "./row-page.js";

export interface FoundRow {
    readonly key: RowKey;
    /** The visible columns in which the text stands. */
    readonly columns: readonly string[];
}

/**
 * The nearest row after (or before) the given one in which a visible column contains the text, upper and lower case
 * alike; from the start (or the end) when no row is given. Null when there is none.
 */
export function findNext(
    database: Database,
    view: GridView,
    text: string,
    from: RowKey | null,
    direction: "next" | "previous",
    options: ReadOptions,
): Promise<FoundRow | null> {
    void [database, view, text, from, direction, options];
    return Promise.reject(new StardeckError("This is not available yet.", { code: "failed" }));
}
