import { toText } from "./cell-sql.js";
import { buildConditions, buildWhereSql } from "./filter-sql.js";
import { buildFromSql } from "./from-sql.js";
import { buildOrderBy } from "./key-segments.js";
import type { PageReader } from "./page-reader.js";
import { makeParameters, type Parameters } from "./parameters.js";
import type { RowKey } from "./row-page.js";
import { makeKey } from "./row-shape.js";

export interface Sample {
    /** The sampled row nearest to the wanted place; null when the place is after the last row. */
    readonly key: RowKey | null;
    /** An estimate of the view's rows. */
    readonly rows: number;
}

/** The wanted place: a fraction of all rows, or a row number. */
export type SamplePlace = { readonly fraction: number } | { readonly index: number };

const sampledBlocks = 1_000;
const sampledSlots = 2;
const sampledRows = 20_000;

/** With fewer rows of the view in it, a sample is too inaccurate. */
const leastRows = 100;

/**
 * A row at about the wanted place of the order, from a sample spread evenly over the table. It takes some milliseconds for
 * any size, order and conditions. Null when the relation cannot be sampled, or the sample is too small.
 */
export async function sampleRows(reader: PageReader, place: SamplePlace): Promise<Sample | null> {
    const { connection, view, order } = reader;
    const { estimatedRows } = view.relation;
    const parameters = makeParameters();
    const source = estimatedRows === null ? null : buildSource(reader, estimatedRows, parameters);
    if (source === null) {
        return null;
    }
    const terms = order.terms.map(({ sql, typeId }, index) => `${toText(sql, typeId)} as term_${index}`);
    const fraction =
        "fraction" in place
            ? parameters.bind(String(place.fraction), "float8")
            : `${parameters.bind(String(place.index), "float8")} / nullif(rows, 0)`;
    const { rows } = await connection.queryText(
        `with sample as materialized (
            select ${terms.join(", ")}, row_number() over (order by ${buildOrderBy(order.terms, "forward")}) as number
            from ${source.from}${buildWhereSql([source.condition, ...buildConditions(view, parameters)])}
        ),

        counts as (
            select count, ${parameters.bind(String(estimatedRows), "float8")} * count / nullif(sampled, 0) as rows
            from
                (select count(*) as count from sample) as matching,
                (select count(*) as sampled from ${source.from} where ${source.condition}) as sampling
        )

        select counts.count, counts.rows, ${order.terms.map((_term, index) => `sample.term_${index}`).join(", ")}
        from counts
        left join sample on sample.number = 1 + floor(${fraction} * (counts.count - 1))`,
        parameters.values,
    );
    const [count = null, total = null, ...values] = rows[0] ?? [];
    if (Number(count) < leastRows) {
        return null;
    }
    // The terms of an existing row are never all null.
    const key = values.every((value) => value === null) ? null : makeKey(order, values, true);
    return { key, rows: Math.round(Number(total)) };
}

interface SampleSource {
    readonly from: string;
    readonly condition: string;
}

function buildSource(
    { view: { relation } }: PageReader,
    estimatedRows: number,
    parameters: Parameters,
): SampleSource | null {
    const { kind, identity } = relation;
    if (kind === "partitioned table" || (identity.by === "place" && identity.isPartitioned)) {
        const percent = Math.min(100, (100 * sampledRows) / Math.max(1, estimatedRows));
        return { from: `${buildFromSql(relation)} tablesample system (${percent}) repeatable (1)`, condition: "true" };
    }
    if (kind !== "table" && kind !== "materialised view") {
        return null;
    }
    const { blocks } = relation;
    const places = Array.from({ length: sampledBlocks }, (_, index) => Math.floor((index * blocks) / sampledBlocks));
    const slots = [...new Set(places)].flatMap((block) =>
        Array.from({ length: sampledSlots }, (_, slot) => `"(${block},${slot + 1})"`),
    );
    return { from: buildFromSql(relation), condition: `ctid = any(${parameters.bind(`{${slots.join()}}`, "tid[]")})` };
}
