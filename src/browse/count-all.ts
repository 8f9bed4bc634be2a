import { buildConditions, buildWhereSql } from "./filter-sql.js";
import { buildFromSql } from "./from-sql.js";
import type { PageReader } from "./page-reader.js";
import { makeParameters } from "./parameters.js";

/** How many rows the view has; reads all of them. */
export async function countAll({ connection, view }: Pick<PageReader, "connection" | "view">): Promise<number> {
    const parameters = makeParameters();
    const where = buildWhereSql(buildConditions(view, parameters));
    const { rows } = await connection.queryText(
        `select count(*) from ${buildFromSql(view.relation)}${where}`,
        parameters.values,
    );
    return Number(rows[0]?.[0] ?? 0);
}
