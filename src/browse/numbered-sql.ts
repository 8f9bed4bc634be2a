import type { Connection } from "../database/connection.js";
import { buildConditions, buildWhereSql } from "./filter-sql.js";
import { buildFromSql } from "./from-sql.js";
import type { GridView } from "./grid-view.js";
import type { Parameters } from "./parameters.js";

/** Some rows in the order they come in. */
export interface NumberedRows {
    /** The number of the first one, counted from 0. */
    readonly first: number;
    /** Null for all that follow. */
    readonly count: number | null;
}

/**
 * SQL that gives rows of a view in the order they come in.
 *
 * However few are wanted, the order must be that of the whole, or pages would repeat rows and leave others out. So the
 * planner is not told how many (it might choose another plan), and a condition that must be looked at for each row, and
 * that `offset 0` keeps where it stands, holds the limit back from a sort in the view or query: a sort that knows it
 * leaves the rows that are equal for it in another order.
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

/** No workers that race each other, no scan that joins another one half-way: the rows come in the same order each time. */
export async function keepOrder(connection: Connection): Promise<void> {
    await connection.setLocally({ max_parallel_workers_per_gather: "0", synchronize_seqscans: "off" });
}
