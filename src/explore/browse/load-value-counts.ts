import type { Database } from "../../database/database.js";
import { StardeckError } from "../../database/errors.js";
import type { GridView } from "./grid-view.js";
import type { ReadOptions } from "./relation.js";

export interface ValueCount {
    /** Null counts as a value. */
    readonly value: string | null;
    /** True when the value is too long to be given whole, so that no filter can be made of it. */
    readonly isClipped: boolean;
    readonly count: number;
    /** Of all rows of the view, from 0 to 1. */
    readonly share: number;
}

export interface ValueCounts {
    readonly accuracy: "estimate" | "exact";
    /** The most frequent first. */
    readonly values: readonly ValueCount[];
    /** Different values, null not counted. */
    readonly distinctCount: number;
    readonly rowCount: number;
}

/** The most frequent values of a column among the view's rows. */
export function loadValueCounts(
    database: Database,
    view: GridView,
    column: string,
    options: ReadOptions & { readonly maxValues: number },
): Promise<ValueCounts> {
    void [database, view, column, options];
    return Promise.reject(new StardeckError("This is not available yet.", { code: "failed" }));
}
