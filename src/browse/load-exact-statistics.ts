import type { Database } from "../database/database.js";
import { isFloatType, isPaddedType, isTextType } from "../text/column-kinds.js";
import { scaleOrNull, type ColumnScale } from "./column-scale.js";
import { mostCommonValues, type ColumnStatistics } from "./column-statistics.js";
import { buildCountedValues, parseText, parseValueCount, textOfValue } from "./counted-values.js";
import type { TextRow } from "../text/format-table.js";
import { placeInGiven } from "./from-sql.js";
import { roleSettingsOf, type GridView } from "./grid-view.js";
import { buildHistogramSql, noHistogramSql, parseHistogram } from "./histogram-sql.js";
import { makeParameters, type Parameters } from "./parameters.js";
import type { ReadOptions } from "./relation.js";

/** Exact statistics of a column over all rows of the view; reads them all in one statement. */
export async function loadExactStatistics(
    database: Database,
    view: GridView,
    column: string,
    options: ReadOptions,
): Promise<ColumnStatistics> {
    const parameters = makeParameters();
    const { typeId, isOrdered, sql: countedSql } = buildCountedValues(view, column, parameters);
    const scale = isOrdered ? scaleOrNull(typeId) : null;
    const sql = buildStatisticsSql({ countedSql, typeId, isOrdered, scale, parameters });
    try {
        const { rows } = await database.withReadOnlyTransaction(
            (connection) => connection.queryText(sql, parameters.values),
            { ...options, roleSettings: roleSettingsOf(view), isGuarded: true },
        );
        return parseStatistics(rows[0] ?? [], typeId);
    } catch (error) {
        throw placeInGiven(error, view);
    }
}

interface StatisticsSql {
    readonly countedSql: string;
    readonly typeId: number;
    readonly isOrdered: boolean;
    readonly scale: ColumnScale | null;
    readonly parameters: Parameters;
}

/**
 * Computes everything from the different values and their counts, so that rows are read and grouped only once. There may be
 * as many values as rows, so these are read as few times as possible. `up_to` counts the rows with a value or a lower one.
 */
function buildStatisticsSql({ countedSql, typeId, isOrdered, scale, parameters }: StatisticsSql): string {
    const text = textOfValue("value", typeId);
    const hasLengths = isTextType(typeId) || isPaddedType(typeId);
    const extreme = (direction: "asc" | "desc"): string =>
        isOrdered ? `(select ${text} from ranked order by value ${direction} limit 1)` : "null";
    return `
        with counted as materialized (${countedSql}),

        ranked as materialized (
            select
                value,
                rows,
                ${scale === null ? "null" : "sum(rows::double precision) over (order by value)"} as up_to,
                ${scale === null ? "null::numeric" : scale.numberOf("value")} as number
            from counted
            where value is not null
        ),

        spread as materialized (
            select
                coalesce(sum(rows), 0)::double precision as rows,
                count(*) as value_count,
                coalesce(sum(rows) filter (where number is not null), 0) as finite_rows,
                min(number) as low,
                max(number) as high,
                sum(number * rows) as sum,
                ${hasLengths ? lengthsSql : "null"} as lengths
            from ranked
        ),

        picked as materialized (${scale === null ? "select" : buildPickSql(text)}),
        ${scale === null ? noHistogramSql : buildHistogramSql(scale, placedValuesSql, parameters)}

        select
            (select coalesce(sum(rows), 0) from counted),
            (select coalesce(sum(rows), 0) from counted where value is null),
            spread.value_count,
            ${scale === null ? "0" : "spread.rows - spread.finite_rows"},
            ${scale === null ? extreme("asc") : "picked.least"},
            ${scale === null ? extreme("desc") : "picked.most"},
            ${scale?.hasMean === true ? scale.textAt("(spread.sum / nullif(spread.finite_rows, 0))") : "null"},
            ${scale === null ? "null" : buildMedianSql(scale, typeId)},
            ${scale === null ? "null" : "picked.p90"},
            spread.lengths,
            histogram.buckets,
            (
                select json_agg(json_build_array(text, rows))
                from (select ${text} as text, rows from ranked order by rows desc, value limit ${mostCommonValues}) as most
            )
        from spread
        cross join picked
        cross join histogram`;
}

const lengthsSql = `json_build_array(
                    min(char_length(value)), max(char_length(value)), sum(char_length(value) * rows) / nullif(sum(rows), 0)
                )`;

/** Selects the values at several positions among the ordered rows, in one pass. */
function buildPickSql(text: string): string {
    const pick = (value: string, place: string): string =>
        `(array_agg(${value}) filter (where up_to >= ${place} and up_to - ranked.rows < ${place}))[1]`;
    return `
            select
                ${pick(text, "1")} as least,
                ${pick(text, "spread.rows")} as most,
                ${pick("value", "ceil(spread.rows / 2)")} as lower_middle,
                ${pick("value", "floor(spread.rows / 2) + 1")} as upper_middle,
                ${pick(text, "ceil(spread.rows * 9 / 10)")} as p90
            from ranked
            cross join spread`;
}

/** With two middle values, the median is their mean if they are numbers, else the lower one. */
function buildMedianSql({ isNumeric }: ColumnScale, typeId: number): string {
    const lower = textOfValue("picked.lower_middle", typeId);
    const mean = "trim_scale((picked.lower_middle::text::numeric + picked.upper_middle::text::numeric) / 2)::text";
    return `
            case
                when picked.lower_middle is null then null
                ${isNumeric ? `when picked.lower_middle <> picked.upper_middle then ${mean}` : ""}
                else ${lower}
            end`;
}

const placedValuesSql = `
            select floor(number / step.width) as place, sum(rows) as rows
            from ranked
            cross join step
            where number is not null
            group by floor(number / step.width)`;

function parseStatistics(row: TextRow, typeId: number): ColumnStatistics {
    const [rows, nulls, distinct, notFinite, min, max, mean, median, p90, lengths, buckets, most] = row;
    const rowCount = Number(rows);
    // Numeric results have more digits than a double precision value has.
    const mayShorten = (text: string | null): string | null =>
        text !== null && isFloatType(typeId) ? String(Number(text)) : text;
    const values =
        most === null || most === undefined ? [] : (JSON.parse(most) as readonly (readonly [string, number])[]);
    return {
        accuracy: "exact",
        rowCount,
        nullCount: Number(nulls),
        notFiniteCount: Number(notFinite),
        distinctCount: Number(distinct),
        min: parseText(min ?? null, typeId),
        max: parseText(max ?? null, typeId),
        mean: mayShorten(mean ?? null),
        median: mayShorten(median ?? null),
        p90: parseText(p90 ?? null, typeId),
        lengths: parseLengths(lengths ?? null),
        histogram: parseHistogram(buckets ?? null),
        mostCommon: values.map(([text, count]) => parseValueCount(text, count, rowCount, typeId)),
    };
}

function parseLengths(given: string | null): ColumnStatistics["lengths"] {
    const [min, max, mean] = given === null ? [] : (JSON.parse(given) as readonly (number | null)[]);
    return typeof min === "number" && typeof max === "number" && typeof mean === "number" ? { min, max, mean } : null;
}
