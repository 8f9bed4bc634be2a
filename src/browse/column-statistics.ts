import type { ValueCount } from "./load-value-counts.js";

export interface HistogramBucket {
    /** The lowest value that can belong to it, as PostgreSQL's text. */
    readonly from: string;
    /** Where the next one begins; of whole numbers and days none lies between. */
    readonly to: string;
    readonly count: number;
}

/** What a column holds. Values are PostgreSQL's text; null where the type has no such thing or nothing is known. */
export interface ColumnStatistics {
    /** An estimate comes from the sample that the server keeps (`pg_stats`) and knows nothing of the view's filters. */
    readonly accuracy: "estimate" | "exact";
    readonly rowCount: number;
    readonly nullCount: number;
    /** NaN and infinities: they stand in no histogram and in no mean. */
    readonly notFiniteCount: number;
    /** Different values, null not counted. */
    readonly distinctCount: number | null;
    readonly min: string | null;
    readonly max: string | null;
    readonly mean: string | null;
    /** The middle value; of two middle numbers their mean, of two other values the lower one. */
    readonly median: string | null;
    /** Nine tenths of the values are at most this. */
    readonly p90: string | null;
    /** In characters, of texts. */
    readonly lengths: { readonly min: number; readonly max: number; readonly mean: number } | null;
    /** Of equal width, with round bounds; empty for types without distances. */
    readonly histogram: readonly HistogramBucket[];
    /** Null is none of them. */
    readonly mostCommon: readonly ValueCount[];
}

/** How many most common values are given. */
export const mostCommonValues = 10;
