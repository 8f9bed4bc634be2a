import type { StatementOptions } from "../database/connection.js";
import type { TextRow } from "../text/format-table.js";
import type { PageReader } from "./page-reader.js";
import { makeParameters, type Parameters } from "./parameters.js";
import type { BrowseRow } from "./row-page.js";
import { buildScanSql, type Scan } from "./scan-sql.js";
import type { ViewOrder } from "./view-order.js";

/** The rows of a scan, nearest first, with their twins counted. */
export async function readScan(
    reader: Omit<PageReader, "pageRows">,
    scan: Scan,
    options?: StatementOptions,
): Promise<readonly BrowseRow[]> {
    const rows = await runScan(reader, scan, reader.shape.select, makeParameters(), options);
    return countTwins(
        reader.order,
        rows.map((row) => reader.shape.parse(row)),
        scan,
    );
}

/** Runs a scan and returns the result of `select` for each row, nearest first. */
export async function runScan(
    { connection, view, order }: Pick<PageReader, "connection" | "view" | "order">,
    scan: Scan,
    select: string,
    parameters: Parameters,
    options?: StatementOptions,
): Promise<readonly TextRow[]> {
    const sql = buildScanSql(view, order, scan, select, parameters);
    return (await connection.queryText(sql, parameters.values, options)).rows;
}

/** Counts each row's twins (equal rows) before it in the scan. Rows skipped at the start were twins of the first row. */
export function countTwins(
    { mayHaveTwins }: ViewOrder,
    rows: readonly BrowseRow[],
    { direction, start, skip }: Scan,
): readonly BrowseRow[] {
    if (!mayHaveTwins) {
        return rows;
    }
    const side = direction === "forward" ? "before" : "after";
    let last = start?.includesRow === true ? start.values.at(-1) : undefined;
    let count = skip - 1;
    return rows.map((row) => {
        // The last value is the digest of all columns.
        const digest = row.key.values.at(-1);
        count = digest === last ? count + 1 : 0;
        last = digest;
        return { ...row, key: { ...row.key, twins: { side, count } } };
    });
}
