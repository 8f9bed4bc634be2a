import type { Connection } from "../database/connection.js";
import { StatementError } from "../database/errors.js";

/** From this many rows on, it is faster to create an index afterwards than to fill it row by row. */
const fewestRowsForLateIndexes = 2000;

/**
 * Runs the INSERT that fills an empty table, in the open transaction. For many rows, it drops the table's indexes and creates them again
 * afterwards: that takes about a sixth of the time, and readers are locked out only from here to the commit.
 *
 * An index that `create index` could not restore stays, such as one with a comment, in a tablespace of its own, or of a constraint. All indexes stay if another
 * session uses the table, or if the role or the server does not allow it.
 */
export async function fillEmptyTable(
    connection: Connection,
    relation: string,
    insertSql: string,
    rowCount: number,
): Promise<void> {
    const indexes = rowCount < fewestRowsForLateIndexes ? [] : await loadPlainIndexes(connection, relation);
    if (indexes.length === 0) {
        await connection.query(insertSql);
        return;
    }
    await connection.query("savepoint late_indexes");
    try {
        await connection.query(`lock table ${relation} in access exclusive mode nowait`);
        await connection.query(`drop index ${indexes.map(({ name }) => name).join(", ")}`);
        await connection.query(insertSql);
        for (const { definition } of indexes) {
            await connection.query(definition);
        }
        await connection.query("release savepoint late_indexes");
    } catch (error) {
        // Do not retry if the table refuses values, or if the statement was cancelled.
        if (!(error instanceof StatementError) || /^(22|23|57)/.test(error.sqlState)) {
            throw error;
        }
        await connection.query("rollback to savepoint late_indexes");
        await connection.query(insertSql);
    }
}

interface PlainIndex {
    readonly name: string;
    readonly definition: string;
}

/** Indexes that `create index` restores completely; none with Citus, which would have to change them on other servers too. */
async function loadPlainIndexes(connection: Connection, relation: string): Promise<readonly PlainIndex[]> {
    const { rows } = await connection.query<PlainIndex>(
        `select
            format('%I.%I', nspname, index.relname) as name,
            pg_get_indexdef(indexrelid) as definition
        from pg_index
        join pg_class as index on index.oid = indexrelid
        join pg_namespace on pg_namespace.oid = index.relnamespace
        join pg_class as filled on filled.oid = indrelid
        where indrelid = $1::regclass
            and filled.relkind = 'r'
            and not filled.relispartition
            and pg_has_role(filled.relowner, 'usage')
            and to_regclass('pg_catalog.pg_dist_partition') is null
            and index.reltablespace = 0
            and indisvalid
            and not indisunique
            and not indisclustered
            and not indisreplident
            and obj_description(indexrelid, 'pg_class') is null
            and not exists (
                select from pg_depend
                where classid = 'pg_class'::regclass and objid = indexrelid and deptype in ('e', 'x')
                    or refclassid = 'pg_class'::regclass and refobjid = indexrelid
            )
            and not exists (select from pg_attribute where attrelid = indexrelid and attstattarget > 0)
        order by indexrelid`,
        [relation],
    );
    return rows;
}
