import type { Connection } from "../../database/connection.js";
import { buildConditions, buildWhereSql } from "./filter-sql.js";
import { buildFromSql } from "./from-sql.js";
import type { GridView } from "./grid-view.js";
import { nameBeside } from "./name-beside.js";
import type { Parameters } from "./parameters.js";

/** What the number of a row is called, counted from 0. */
export function nameNumber({ relation }: GridView): string {
    return nameBeside(relation, "number");
}

/**
 * SQL that gives rows of a view with their numbers, as they come, from one of them on.
 *
 * However few are wanted, the order must be that of the whole, or pages would repeat rows and leave others out. So the
 * planner is not told how many (it might choose another plan), and the numbering keeps the limit from a sort below it,
 * which would leave rows that are equal for it in another order.
 *
 * @param count null for all that follow
 */
export function buildNumberedSql(
    view: GridView,
    { first, count }: { readonly first: number; readonly count: number | null },
    parameters: Parameters,
): string {
    const number = nameNumber(view);
    const where = buildWhereSql(buildConditions(view, parameters));
    const numbered = `select *, row_number() over () - 1 as ${number} from ${buildFromSql(view.relation)}${where}`;
    const from = parameters.bind(String(first), "bigint");
    const limit = parameters.bind(count === null ? null : String(count), "bigint");
    return `select * from (${numbered}) as numbered where ${number} >= ${from} limit (select ${limit})`;
}

/** No workers that race each other, no scan that joins another one half-way: the rows come in the same order each time. */
export async function keepOrder(connection: Connection): Promise<void> {
    await connection.query(
        `select
            set_config('max_parallel_workers_per_gather', '0', true),
            set_config('synchronize_seqscans', 'off', true)`,
    );
}
