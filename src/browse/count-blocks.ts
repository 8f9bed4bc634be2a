import type { Connection } from "../database/connection.js";
import { buildFromSql } from "./from-sql.js";
import type { Relation } from "./relation.js";

/** How many blocks a table has on disk. */
export async function countBlocks(connection: Connection, relation: Relation): Promise<number> {
    const { rows } = await connection.queryText(
        "select pg_catalog.pg_relation_size($1::pg_catalog.regclass) operator(pg_catalog./) pg_catalog.current_setting('block_size')::bigint",
        [buildFromSql(relation)],
    );
    return Number(rows[0]?.[0] ?? 0);
}
