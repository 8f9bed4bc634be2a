import type { Connection } from "../database/connection.js";
import { buildConditions, buildWhereSql } from "./filter-sql.js";
import { buildFromSql } from "./from-sql.js";
import type { GridView } from "./grid-view.js";
import type { Parameters } from "./parameters.js";

/** A range of rows in the order of a view or query. */
export interface NumberedRows {
    /** The number of the first row, from 0. */
    readonly first: number;
    /** Null for all rows that follow. */
    readonly count: number | null;
}

/**
 * SQL for a range of a view's rows in the view's own order.
 *
 * The order must be the same for every range, or pages would repeat rows and leave others out. So the limit is hidden from
 * the planner, which might choose another plan for few rows. The condition `random() >= 0`, evaluated for each row and kept
 * outside by `offset 0`, also hides the limit from a sort in the view or query: a sort with a limit orders equal rows
 * differently.
 */
export function buildNumberedSql(view: GridView, { first, count }: NumberedRows, parameters: Parameters): string {
    const where = buildWhereSql(buildConditions(view, parameters));
    const limit = parameters.bind(count === null ? null : String(count), "bigint");
    const offset = parameters.bind(String(first), "bigint");
    return (
        `select * from (select * from ${buildFromSql(view.relation)}${where} offset 0) as whole ` +
        `where random() >= 0 limit (select ${limit}) offset (select ${offset})`
    );
}

/** Forbids parallel workers and synchronised scans, so that rows come in the same order each time. */
export async function keepOrder(connection: Connection): Promise<void> {
    await connection.setLocally({ max_parallel_workers_per_gather: "0", synchronize_seqscans: "off" });
}
