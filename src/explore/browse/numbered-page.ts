import { countAll } from "./count-all.js";
import { buildNumberedSql, keepOrder, nameNumber } from "./numbered-sql.js";
import type { PageReader, PageRows } from "./page-reader.js";
import { makeParameters, type Parameters } from "./parameters.js";
import type { BrowseRow, PagePosition, RowKey } from "./row-page.js";

/**
 * A page of rows that nothing tells apart but the order they come in: that of a view or query that nobody has sorted.
 * To get to a row the server must make all those before it, as it must for the query itself.
 */
export async function readNumberedPage(reader: PageReader, position: PagePosition): Promise<PageRows> {
    await keepOrder(reader.connection);
    const { pageRows } = reader;
    switch (position.at) {
        case "start":
            return readRows(reader, 0, pageRows);
        case "end":
            return readLast(reader);
        case "after":
            return readRows(reader, numberOf(position.key) + 1, pageRows);
        case "before": {
            const number = Math.max(0, numberOf(position.key));
            const first = Math.max(0, number - pageRows);
            const page = await readRows(reader, first, number - first);
            return { ...page, hasAfter: true };
        }
        case "from":
            return readRows(reader, Math.max(0, numberOf(position.key)), pageRows);
        case "row":
            return readRows(reader, position.index, pageRows);
        case "fraction": {
            const last = Math.max(0, (await countAll(reader)) - 1);
            return readRows(reader, Math.round(position.fraction * last), pageRows);
        }
    }
}

/** Of a row of another order nothing is known here: it counts as before the first one. */
function numberOf({ order, values }: RowKey): number {
    return order === "position" ? Number(values[0] ?? 0) : -1;
}

async function readRows(reader: PageReader, first: number, count: number): Promise<PageRows> {
    const parameters = makeParameters();
    // One row more tells whether others follow.
    const page = buildNumberedSql(reader.view, { first, count: count + 1 }, parameters);
    const rows = await read(reader, page, parameters);
    return {
        rows: rows.slice(0, count),
        hasBefore: first > 0,
        hasAfter: rows.length > count,
        firstIndex: first,
        isExactPosition: true,
    };
}

/** Numbers all rows and keeps the last ones, in one pass. */
async function readLast(reader: PageReader): Promise<PageRows> {
    const parameters = makeParameters();
    const all = buildNumberedSql(reader.view, { first: 0, count: null }, parameters);
    const page = `select * from (${all}) as all_rows order by ${nameNumber(reader.view)} desc limit ${reader.pageRows}`;
    const rows = (await read(reader, page, parameters)).toReversed();
    const [first] = rows;
    const firstIndex = first === undefined ? 0 : numberOf(first.key);
    return { rows, hasBefore: firstIndex > 0, hasAfter: false, firstIndex, isExactPosition: true };
}

async function read(
    { connection, view, shape }: PageReader,
    page: string,
    parameters: Parameters,
): Promise<readonly BrowseRow[]> {
    const { rows } = await connection.queryText(
        `select ${shape.select}, ${nameNumber(view)} from (${page}) as page`,
        parameters.values,
    );
    return rows.map((values) => {
        const row = shape.parse(values);
        return { ...row, key: { ...row.key, values: values.slice(-1) } };
    });
}
