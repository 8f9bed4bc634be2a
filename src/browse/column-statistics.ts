import type { ValueCount } from "./load-value-counts.js";

export interface HistogramBucket {
    /** The lowest value of the bucket, as PostgreSQL's text. */
    readonly from: string;
    /** Where the next bucket begins. */
    readonly to: string;
    readonly count: number;
}

/** Statistics of a column. Values are PostgreSQL's text; null when the type has no such statistic, or when it is unknown. */
export interface ColumnStatistics {
    /** An estimate comes from the server's sample (`pg_stats`), which ignores the view's filters. */
    readonly accuracy: "estimate" | "exact";
    readonly rowCount: number;
    readonly nullCount: number;
    /** NaN and infinities, which are left out of the histogram and the mean. */
    readonly notFiniteCount: number;
    /** The number of different values without null. */
    readonly distinctCount: number | null;
    readonly min: string | null;
    readonly max: string | null;
    readonly mean: string | null;
    /** The middle value; with two middle values, their mean if they are numbers, else the lower one. */
    readonly median: string | null;
    /** The 90th percentile: nine tenths of the values are at most this. */
    readonly p90: string | null;
    /** The lengths of texts, in characters. */
    readonly lengths: { readonly min: number; readonly max: number; readonly mean: number } | null;
    /** Buckets of equal width with round bounds; empty for types without distances. */
    readonly histogram: readonly HistogramBucket[];
    /** Without null. */
    readonly mostCommon: readonly ValueCount[];
}

/** The number of most common values that are loaded. */
export const mostCommonValues = 10;
