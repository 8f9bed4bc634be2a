import type { Database } from "../../database/database.js";
import { isFloatType, isPaddedType, isTextType } from "./column-kinds.js";
import { scaleOrNull, type ColumnScale } from "./column-scale.js";
import { mostCommonValues, type ColumnStatistics } from "./column-statistics.js";
import { buildCountedValues, parseText, parseValueCount, textOfValue } from "./counted-values.js";
import type { TextRow } from "../format-table.js";
import { placeInGiven } from "./from-sql.js";
import type { GridView } from "./grid-view.js";
import { buildHistogramSql, noHistogramSql, parseHistogram } from "./histogram-sql.js";
import { makeParameters, type Parameters } from "./parameters.js";
import { withRead } from "./read.js";
import type { ReadOptions } from "./relation.js";

/** What the column holds in all rows of the view; reads them all, in one statement. */
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
        const { rows } = await withRead(database, options, (connection) =>
            connection.queryText(sql, parameters.values),
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
 * All comes from the different values and their counts, so that the rows are read and grouped once.
 * `up_to` counts the rows with a value or a lower one.
 */
function buildStatisticsSql({ countedSql, typeId, isOrdered, scale, parameters }: StatisticsSql): string {
    const number = scale === null ? "null::numeric" : scale.numberOf("value");
    const histogram =
        scale === null
            ? noHistogramSql
            : buildHistogramSql(
                  scale,
                  "select floor(number / step.width) as place, sum(rows) as rows from ranked cross join step " +
                      "where number is not null group by floor(number / step.width)",
                  parameters,
              );
    const text = textOfValue("value", typeId);
    const at = (place: string): string => `(select value from ranked where up_to >= ${place} order by up_to limit 1)`;
    const textAt = (place: string): string =>
        `(select ${text} from ranked where up_to >= ${place} order by up_to limit 1)`;
    const total = "(select sum(rows) from ranked)";
    const lower = `ceil(${total} / 2)`;
    const upper = `(floor(${total} / 2) + 1)`;
    const middle = `((${at(lower)}::numeric + ${at(upper)}::numeric) / 2)`;
    const median =
        scale === null
            ? "null"
            : scale.isNumeric
              ? `case when ${at(lower)} = ${at(upper)} then ${textAt(lower)} else trim_scale(${middle})::text end`
              : textAt(lower);
    return `
        with counted as materialized (${countedSql}),

        ranked as materialized (
            select
                value,
                rows,
                ${scale === null ? "null::numeric" : "sum(rows) over (order by value)"} as up_to,
                ${number} as number
            from counted
            where value is not null
        ),

        spread as (
            select
                min(number) as low,
                max(number) as high,
                sum(number * rows) / nullif(sum(rows) filter (where number is not null), 0) as mean
            from ranked
        ),
        ${histogram}

        select
            (select coalesce(sum(rows), 0) from counted),
            (select coalesce(sum(rows), 0) from counted where value is null),
            (select count(*) from ranked),
            ${scale === null ? "0" : "(select coalesce(sum(rows), 0) from ranked where number is null)"},
            ${isOrdered ? `(select ${text} from ranked order by value limit 1)` : "null"},
            ${isOrdered ? `(select ${text} from ranked order by value desc limit 1)` : "null"},
            ${scale?.hasMean === true ? `(select ${scale.textAt("mean")} from spread)` : "null"},
            ${median},
            ${scale === null ? "null" : textAt(`ceil(${total} * 0.9)`)},
            ${isTextType(typeId) || isPaddedType(typeId) ? `(${lengthsSql})` : "null"},
            (select buckets from histogram),
            (
                select json_agg(json_build_array(text, rows))
                from (select ${text} as text, rows from ranked order by rows desc, value limit ${mostCommonValues}) as most
            )`;
}

const lengthsSql = `
    select
        json_build_array(
            min(char_length(value)), max(char_length(value)), sum(char_length(value) * rows) / nullif(sum(rows), 0)
        )
    from ranked`;

function parseStatistics(row: TextRow, typeId: number): ColumnStatistics {
    const [rows, nulls, distinct, notFinite, min, max, mean, median, p90, lengths, buckets, most] = row;
    const rowCount = Number(rows);
    // A numeric has more digits than a double precision has.
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
