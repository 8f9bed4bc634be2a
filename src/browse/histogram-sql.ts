import type { ColumnScale } from "./column-scale.js";
import type { Parameters } from "./parameters.js";

/** About so many buckets fit side by side and can still be distinguished. */
const bucketCount = 20;

/**
 * WITH queries for a histogram: `step`, a round width for the buckets, and `histogram`, one JSON array of `[from, to, count]`.
 * They must follow a query `spread` with the columns `low` and `high`.
 *
 * @param placed a SELECT of `place` and `rows`: the number of rows in the bucket that begins at `place` times the step
 */
export function buildHistogramSql(scale: ColumnScale, placed: string, parameters: Parameters): string {
    const steps = parameters.bind(`{${scale.steps.join(",")}}`, "numeric[]");
    return `
        step as (
            select min(candidate.width) as width
            from spread
            cross join unnest(${steps}) as candidate (width)
            where high > low and candidate.width >= (high - low) / ${bucketCount}
        ),

        bucket as materialized (${placed}),

        histogram as (
            select
                json_agg(
                    json_build_array(
                        ${scale.textAt("(each_place * step.width)")},
                        ${scale.textAt("((each_place + 1) * step.width)")},
                        coalesce(bucket.rows, 0)
                    )
                    order by each_place
                ) as buckets
            from step
            cross join
                generate_series((select min(place) from bucket), (select max(place) from bucket)) as each_place
            left join bucket on bucket.place = each_place
        )`;
}

/** An empty histogram, for types without a scale. */
export const noHistogramSql = "\n        histogram as (select null::json as buckets)";

/** Parses the statement's JSON array of buckets. */
export function parseHistogram(given: string | null): readonly { from: string; to: string; count: number }[] {
    const buckets = given === null ? [] : (JSON.parse(given) as readonly (readonly [string, string, number])[]);
    return buckets.map(([from, to, count]) => ({ from, to, count }));
}
