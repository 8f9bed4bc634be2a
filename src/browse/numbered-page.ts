import { countAll } from "./count-all.js";
import { buildNumberedSql, keepOrder } from "./numbered-sql.js";
import type { PageReader, PageRows } from "./page-reader.js";
import { makeParameters } from "./parameters.js";
import type { PagePosition, RowKey } from "./row-page.js";

/**
 * A page of rows that are identified only by their position: those of a view or query that is not sorted.
 * To reach a row the server must compute all rows before it, as for the query itself.
 */
export async function readNumberedPage(reader: PageReader, position: PagePosition): Promise<PageRows> {
    const { first, count } = await place(reader, position);
    await keepOrder(reader.connection);
    const parameters = makeParameters();
    // One extra row shows whether more follow.
    const page = buildNumberedSql(reader.view, { first, count: count + 1 }, parameters);
    const result = await reader.connection.queryText(
        `select ${reader.shape.select} from (${page}) as page`,
        parameters.values,
        { isLast: true },
    );
    return {
        rows: result.rows.slice(0, count).map((values, index) => {
            const row = reader.shape.parse(values);
            return { ...row, key: { ...row.key, values: [String(first + index)] } };
        }),
        hasBefore: first > 0,
        hasAfter: result.rows.length > count || position.at === "before",
        firstIndex: first,
        isExactPosition: true,
    };
}

async function place(
    reader: PageReader,
    position: PagePosition,
): Promise<{ readonly first: number; readonly count: number }> {
    const { pageRows: count } = reader;
    switch (position.at) {
        case "start":
            return { first: 0, count };
        case "end":
            return { first: Math.max(0, (await countAll(reader)) - count), count };
        case "after":
            return { first: numberOf(position.key) + 1, count };
        case "before": {
            const number = Math.max(0, numberOf(position.key));
            const first = Math.max(0, number - count);
            return { first, count: number - first };
        }
        case "from":
            return { first: Math.max(0, numberOf(position.key)), count };
        case "row":
            return { first: position.index, count };
        case "fraction": {
            const last = Math.max(0, (await countAll(reader)) - 1);
            return { first: Math.round(position.fraction * last), count };
        }
    }
}

/** The row's number; -1 for a key of another order, whose number is unknown. */
export function numberOf({ order, values }: RowKey): number {
    return order === "position" ? Number(values[0] ?? 0) : -1;
}
