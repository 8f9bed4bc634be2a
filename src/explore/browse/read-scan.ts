import { countBlocks } from "./count-blocks.js";
import type { PageReader } from "./page-reader.js";
import { makeParameters } from "./parameters.js";
import type { BrowseRow } from "./row-page.js";
import { buildScanSql, type Scan } from "./scan-sql.js";

/** Rows of a scan, nearest first, with their twins counted. */
export async function readScan(
    { connection, view, order, shape }: Omit<PageReader, "pageRows">,
    scan: Scan,
): Promise<readonly BrowseRow[]> {
    const parameters = makeParameters();
    const isFromEnd = scan.direction === "backward" && scan.start === null;
    const blocks = order.by === "place" && isFromEnd ? await countBlocks(connection, view.relation) : 0;
    const sql = buildScanSql(view, order, { ...scan, blocks }, shape.select, parameters);
    const { rows } = await connection.queryText(sql, parameters.values);
    const parsed = rows.map((row) => shape.parse(row));
    return order.mayHaveTwins ? countTwins(parsed, scan) : parsed;
}

/** Twins follow each other; those left out before the first row were its twins too. */
function countTwins(rows: readonly BrowseRow[], { direction, start, skip }: Scan): readonly BrowseRow[] {
    const side = direction === "forward" ? "before" : "after";
    let last = start?.includesRow === true ? JSON.stringify(start.values) : null;
    let count = skip - 1;
    return rows.map((row) => {
        const values = JSON.stringify(row.key.values);
        count = values === last ? count + 1 : 0;
        last = values;
        return { ...row, key: { ...row.key, twins: { side, count } } };
    });
}
