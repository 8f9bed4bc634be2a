import type { Database } from "../../database/database.js";
import { StardeckError } from "../../database/errors.js";
import type { GridView } from "./grid-view.js";
import type { ValueCount } from "./load-value-counts.js";
import type { ReadOptions } from "./relation.js";

export interface HistogramBucket {
    /** The lowest value that belongs to it, as PostgreSQL's text. */
    readonly from: string;
    /** Where the next one begins; the last one holds this value too. */
    readonly to: string;
    readonly count: number;
}

/** What a column holds. Values are PostgreSQL's text; null where the type has no such thing or nothing is known. */
export interface ColumnStatistics {
    /** An estimate comes from the sample that the server keeps (`pg_stats`) and knows nothing of the view's filters. */
    readonly accuracy: "estimate" | "exact";
    readonly rowCount: number;
    readonly nullCount: number;
    /** Different values, null not counted. */
    readonly distinctCount: number | null;
    readonly min: string | null;
    readonly max: string | null;
    readonly mean: string | null;
    /** The middle value, of two middle numbers their mean. */
    readonly median: string | null;
    /** Nine tenths of the values are at most this. */
    readonly p90: string | null;
    /** In characters, of texts. */
    readonly lengths: { readonly min: number; readonly max: number; readonly mean: number } | null;
    /** Of equal width; empty for types without distances. NaN and infinity stand in none. */
    readonly histogram: readonly HistogramBucket[];
    readonly mostCommon: readonly ValueCount[];
}

/** What the server knows at once; null when it knows nothing (a view, a query, a table never analysed). */
export function loadEstimatedStatistics(
    database: Database,
    view: GridView,
    column: string,
    options: ReadOptions,
): Promise<ColumnStatistics | null> {
    void [database, view, column, options];
    return Promise.reject(new StardeckError("This is not available yet.", { code: "failed" }));
}

/** Reads all rows of the view. */
export function loadExactStatistics(
    database: Database,
    view: GridView,
    column: string,
    options: ReadOptions,
): Promise<ColumnStatistics> {
    void [database, view, column, options];
    return Promise.reject(new StardeckError("This is not available yet.", { code: "failed" }));
}
