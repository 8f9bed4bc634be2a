import { extentOrNull, isDrawable, type ChartValue } from "./chart-values.js";
import { makeScale } from "./nice-scale.js";

/** How many values lie in buckets of equal width. The edges are round numbers, one more than there are buckets. */
export interface Buckets {
    readonly edges: readonly number[];
    readonly counts: readonly number[];
}

/** Counts values in buckets: the more values, the more buckets, at most `mostBuckets`. Null when there is no value. */
export function countBucketsOrNull(values: readonly ChartValue[], mostBuckets: number): Buckets | null {
    const extent = extentOrNull(values);
    if (extent === null) {
        return null;
    }
    const { least, most } = extent;
    const known = values.filter(isDrawable);
    // The Rice rule: https://en.wikipedia.org/wiki/Histogram#Rice_rule
    const wish = Math.max(5, Math.ceil(2 * Math.cbrt(known.length)));
    const { ticks: edges } = makeScale(
        least,
        most,
        Math.max(1, Math.min(mostBuckets, wish)) + 1,
        known.every(Number.isInteger),
    );
    const counts = edges.slice(1).map(() => 0);
    for (const value of known) {
        const next = edges.findIndex((edge, index) => index > 0 && value < edge);
        const bucket = next < 0 ? counts.length - 1 : next - 1;
        counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    return { edges, counts };
}
