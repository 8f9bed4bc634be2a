import { toText } from "./cell-sql.js";
import { countAll } from "./count-all.js";
import { buildConditions, buildWhereSql } from "./filter-sql.js";
import { buildFromSql } from "./from-sql.js";
import { buildOrderBy } from "./key-segments.js";
import type { PageReader } from "./page-reader.js";
import { makeParameters } from "./parameters.js";
import type { RowKey } from "./row-page.js";
import { makeKey } from "./row-shape.js";
import { sampleRows } from "./sample-rows.js";

/** A row found by its number. */
export interface Located {
    /** Null when there are not so many rows. */
    readonly key: RowKey | null;
    /** How many rows come before it; null when that is not known. */
    readonly index: number | null;
    readonly isExact: boolean;
}

/** Up to here rows are counted one by one; that takes some tens of milliseconds. Beyond, a sample tells about where. */
const countedRows = 100_000;

/** The row with a number, counted from 0. */
export async function locateNumber(reader: PageReader, index: number): Promise<Located> {
    if (index > countedRows) {
        const sample = await sampleRows(reader, { index });
        if (sample !== null) {
            return { key: sample.key, index: sample.key === null ? null : index, isExact: false };
        }
    }
    return { key: await countTo(reader, index), index, isExact: true };
}

/** The row at a fraction of all: 0 is the first, 1 the last. */
export async function locateFraction(reader: PageReader, fraction: number): Promise<Located> {
    const { estimatedRows } = reader.view.relation;
    if (fraction > 0 && (estimatedRows === null || estimatedRows > countedRows)) {
        const sample = await sampleRows(reader, { fraction });
        if (sample !== null) {
            return { key: sample.key, index: Math.round(sample.rows * fraction), isExact: false };
        }
    }
    const index = Math.round(fraction * Math.max(0, (await countAll(reader)) - 1));
    return { key: await countTo(reader, index), index, isExact: true };
}

/** Reads nothing but what rows are ordered by: an index alone can give that. */
async function countTo({ connection, view, order }: PageReader, index: number): Promise<RowKey | null> {
    const parameters = makeParameters();
    const where = buildWhereSql(buildConditions(view, parameters));
    const orderBy = buildOrderBy(order.terms, "forward");
    const values = order.terms.map(({ sql, typeId }) => toText(sql, typeId));
    // The rank of a row is that of its first twin.
    const select = order.mayHaveTwins ? [...values, `rank() over (order by ${orderBy})`] : values;
    const { rows } = await connection.queryText(
        `select ${select.join(", ")} from ${buildFromSql(view.relation)}${where} order by ${orderBy} ` +
            `limit 1 offset ${parameters.bind(String(index), "bigint")}`,
        parameters.values,
    );
    const [row] = rows;
    if (row === undefined) {
        return null;
    }
    const key = makeKey(order, row.slice(0, values.length), true);
    return order.mayHaveTwins ? { ...key, twins: { side: "before", count: index + 1 - Number(row.at(-1)) } } : key;
}
