import { toText } from "./cell-sql.js";
import { countAll } from "./count-all.js";
import { buildConditions, buildWhereSql } from "./filter-sql.js";
import { buildFromSql } from "./from-sql.js";
import { buildOrderBy } from "./key-segments.js";
import { nameBeside } from "./name-beside.js";
import type { PageReader } from "./page-reader.js";
import { makeParameters } from "./parameters.js";
import type { RowKey } from "./row-page.js";
import { readScan } from "./read-scan.js";
import { makeKey, nameTerm } from "./row-shape.js";
import { sampleRows } from "./sample-rows.js";

/** A row found by its number. */
export interface Located {
    /** Null when there are fewer rows. */
    readonly key: RowKey | null;
    /** How many rows come before it; null if unknown. */
    readonly index: number | null;
    readonly isExact: boolean;
}

/** Up to this number rows are counted, which takes some tens of milliseconds. Beyond it, a sample gives an approximate place. */
const countedRows = 100_000;

/** Finds a row by its number, from 0. */
export async function locateNumber(reader: PageReader, index: number): Promise<Located> {
    if (index > countedRows) {
        const sample = await sampleRows(reader, { index });
        if (sample !== null) {
            return { key: sample.key, index: sample.key === null ? null : index, isExact: false };
        }
    }
    return { key: await countTo(reader, index), index, isExact: true };
}

/** Finds the row at a fraction of all rows: 0 is the first, 1 the last. */
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

async function countTo(reader: PageReader, index: number): Promise<RowKey | null> {
    const { connection, view, order } = reader;
    if (order.by === "place") {
        const [row] = await readScan(reader, { direction: "forward", start: null, skip: index, limit: 1 });
        return row?.key ?? null;
    }
    const parameters = makeParameters();
    const where = buildWhereSql(buildConditions(view, parameters));
    const orderBy = buildOrderBy(order.terms, "forward");
    const names = order.terms.map((_term, term) => nameTerm(view.relation, order, term));
    // Selects only what rows are ordered by, so that an index-only scan is possible. Rows equal in all columns have the same rank.
    const terms = order.terms.map(({ sql, isColumn }, term) => (isColumn ? sql : `${sql} as ${names[term] ?? ""}`));
    const rank = order.mayHaveTwins ? `rank() over (order by ${orderBy})` : "null";
    const rankName = nameBeside(view.relation, "rank");
    const { rows } = await connection.queryText(
        `select ${order.terms.map(({ typeId }, term) => toText(names[term] ?? "", typeId)).join(", ")}, ${rankName} ` +
            `from (select ${terms.join(", ")}, ${rank} as ${rankName} from ${buildFromSql(view.relation)}${where} ` +
            `order by ${orderBy} limit 1 offset ${parameters.bind(String(index), "bigint")}) as found`,
        parameters.values,
    );
    const [row] = rows;
    if (row === undefined) {
        return null;
    }
    const key = makeKey(order, row.slice(0, names.length), true);
    const rankOfFirst = Number(row.at(-1));
    return order.mayHaveTwins ? { ...key, twins: { side: "before", count: index + 1 - rankOfFirst } } : key;
}
