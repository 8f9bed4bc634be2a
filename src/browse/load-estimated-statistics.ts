import type { Database } from "../database/database.js";
import type { TextRow } from "../text/format-table.js";
import { scaleOrNull } from "./column-scale.js";
import { mostCommonValues, type ColumnStatistics } from "./column-statistics.js";
import { findColumn, type GridView } from "./grid-view.js";
import { buildHistogramSql, noHistogramSql, parseHistogram } from "./histogram-sql.js";
import { makeParameters, type Parameters } from "./parameters.js";
import type { BrowseColumn, ReadOptions } from "./relation.js";

/**
 * Statistics from the server's sample, which ANALYZE has taken, without reading rows. Null when there is none: for a view or
 * query, for a table never analysed, or when the view has filters.
 */
export async function loadEstimatedStatistics(
    database: Database,
    view: GridView,
    columnName: string,
    options: ReadOptions,
): Promise<ColumnStatistics | null> {
    const { source, estimatedRows } = view.relation;
    if (source.from === "query" || estimatedRows === null || view.filters.length > 0 || view.where !== null) {
        return null;
    }
    const column = findColumn(view.relation, columnName);
    const parameters = makeParameters();
    const names = [source.schema, source.name, columnName].map((name) => parameters.bind(name, "name"));
    const sql = buildEstimateSql(column, names, parameters);
    const { rows } = await database.withReadOnlyTransaction(
        (connection) => connection.queryText(sql, parameters.values),
        { ...options, isGuarded: true },
    );
    const [row] = rows;
    return row === undefined ? null : parseEstimate(row, estimatedRows);
}

/**
 * Reads the sample as stretches of values, each with a share of the rows: a common value is a stretch without length, and
 * each bucket of the server's histogram has the same share.
 */
function buildEstimateSql(column: BrowseColumn, names: readonly string[], parameters: Parameters): string {
    const [schema, table, name] = names;
    // The text of an array of arrays cannot be split as simply.
    const isArray = column.castType.endsWith("[]");
    const isOrdered = column.unsortableReason === null && !isArray;
    const scale = isOrdered ? scaleOrNull(column.typeId) : null;
    const cast = isOrdered ? column.castType : "text";
    const numberOf = (value: string): string => (scale === null ? "null::numeric" : scale.numberOf(value));
    const quantile = (share: number): string =>
        scale === null
            ? "null"
            : `(select high_text from ranked where up_to >= ${share} * (select sum(share) from stretch) order by up_to limit 1)`;
    const extreme = (direction: "asc" | "desc"): string =>
        isOrdered ? `(select value from seen order by value::${cast} ${direction} limit 1)` : "null";
    return `
        with known as materialized (
            select
                null_frac,
                n_distinct,
                most_common_vals::text::text[] as common_values,
                most_common_freqs as common_shares,
                histogram_bounds::text::text[] as bounds
            from pg_stats
            where schemaname = ${schema ?? ""} and tablename = ${table ?? ""} and attname = ${name ?? ""}
            order by inherited desc
            limit 1
        ),

        common as materialized (
            select value, share
            from known
            cross join unnest(known.common_values, known.common_shares) as each_one (value, share)
            where ${String(!isArray)}
        ),

        bound as materialized (
            select value, place, count(*) over () - 1 as stretches
            from known
            cross join unnest(known.bounds) with ordinality as each_one (value, place)
            where ${String(isOrdered)}
        ),

        seen as (select value from common union all select value from bound),

        stretch as materialized (
            select value::${cast} as low_value, value::${cast} as high_value, value as high_text, share::numeric as share
            from common
            union all
            select
                low.value::${cast},
                high.value::${cast},
                high.value,
                greatest(0, 1 - known.null_frac - (select coalesce(sum(share), 0) from common))::numeric / low.stretches
            from bound as low
            inner join bound as high on high.place = low.place + 1
            cross join known
        ),

        ranked as materialized (
            select
                high_text,
                ${isOrdered ? "sum(share) over (order by high_value)" : "null::numeric"} as up_to,
                share,
                ${numberOf("low_value")} as low_number,
                ${numberOf("high_value")} as high_number
            from stretch
        ),

        spread as (select min(low_number) as low, max(high_number) as high from ranked),
        ${scale === null ? noHistogramSql : buildHistogramSql(scale, placedStretchesSql, parameters)}

        select
            known.null_frac,
            known.n_distinct,
            ${extreme("asc")},
            ${extreme("desc")},
            ${quantile(0.5)},
            ${quantile(0.9)},
            histogram.buckets,
            (
                select json_agg(json_build_array(value, share))
                from (select value, share from common order by share desc, value limit ${mostCommonValues}) as most
            )
        from known
        cross join histogram`;
}

/** The share of the stretches in each bucket, as if rows were distributed evenly within a stretch. */
const placedStretchesSql = `
            select
                place,
                sum(
                    share * case
                        when high_number = low_number then 1
                        else
                            greatest(
                                0,
                                least(high_number, (place + 1) * step.width) - greatest(low_number, place * step.width)
                            )
                            / (high_number - low_number)
                    end
                ) as rows
            from ranked
            cross join step
            cross join
                generate_series(floor(low_number / step.width), floor(high_number / step.width)) as each_bucket (place)
            where low_number is not null and high_number is not null
            group by place`;

function parseEstimate(row: TextRow, rowCount: number): ColumnStatistics {
    const [nullShare, distinct, min = null, max = null, median = null, p90 = null, buckets = null, most = null] = row;
    const distinctNumber = Number(distinct);
    const common = most === null ? [] : (JSON.parse(most) as readonly (readonly [string, number])[]);
    return {
        accuracy: "estimate",
        rowCount,
        nullCount: Math.round(Number(nullShare) * rowCount),
        notFiniteCount: 0,
        // A negative `n_distinct` is minus the number of different values divided by the number of rows.
        distinctCount: Math.round(distinctNumber < 0 ? -distinctNumber * rowCount : distinctNumber),
        min,
        max,
        mean: null,
        median,
        p90,
        lengths: null,
        histogram: parseHistogram(buckets).map(({ from, to, count }) => ({
            from,
            to,
            count: Math.round(count * rowCount),
        })),
        mostCommon: common.map(([value, share]) => ({
            value,
            isClipped: false,
            count: Math.round(share * rowCount),
            share,
        })),
    };
}
