import type { Connection } from "../database/connection.js";
import { buildFromSql } from "./from-sql.js";
import type { Relation } from "./relation.js";

/** How many blocks a table has on disk. */
export async function countBlocks(connection: Connection, relation: Relation): Promise<number> {
    const { rows } = await connection.queryText(
        "select pg_relation_size($1::regclass) / current_setting('block_size')::bigint",
        [buildFromSql(relation)],
    );
    return Number(rows[0]?.[0] ?? 0);
}
