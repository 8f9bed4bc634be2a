import type { Connection } from "../database/connection.js";
import type { Database } from "../database/database.js";
import { formatIdentifier, formatQualified, quoteQualified } from "../sql/identifiers.js";
import { filledColumns } from "./sample-rows.js";
import { formatChange, formatInsert, type SourceChange, type SourceRow, type SourceRows } from "./source-rows.js";
import { tryStatement, type SourceTable } from "./source-tables.js";

/**
 * Applies changes to the sources as their own program could: skips a change that a constraint refuses or that breaks the key.
 *
 * @returns the changes that were applied; each has its own savepoint, and all commit together
 */
export async function applyChanges(
    database: Database,
    tables: readonly SourceTable[],
    changes: readonly SourceChange[],
): Promise<readonly SourceChange[]> {
    const done = await database.withTransaction(async (connection) => {
        const taken: SourceChange[] = [];
        for (const change of changes) {
            const table = tables.find(({ source }) => source.name === change.source);
            if (table !== undefined && (await apply(connection, table, change))) {
                taken.push(change);
            }
        }
        return taken;
    });
    // Flush PostgreSQL's counters, so that the next build sees these changes; normally that takes some seconds.
    await database.query("select pg_stat_force_next_flush()");
    return done;
}

async function apply(connection: Connection, table: SourceTable, change: SourceChange): Promise<boolean> {
    await connection.query("savepoint change");
    const isDone =
        (await tryStatement(connection, formatChange(table, change))) === null && !(await breaksKey(connection, table));
    await connection.query(isDone ? "release savepoint change" : "rollback to savepoint change");
    return isDone;
}

/** Whether a table that must have one row per key has duplicate or null keys. */
async function breaksKey(connection: Connection, { source, schema, table }: SourceTable): Promise<boolean> {
    if (source.kind === "versions" || source.loadCursor !== null) {
        return false;
    }
    const key = source.key.map(formatIdentifier);
    const { rowCount } = await connection.query(
        `select from ${formatQualified(schema, table)}
        group by ${key.join(", ")}
        having count(*) > 1 or ${key.map((name) => `${name} is null`).join(" or ")}
        limit 1`,
    );
    return rowCount > 0;
}

/** Replaces all rows of the sources; rows that no insertion order allows, such as those with a dangling foreign key, are left out. */
export async function replaceRows(database: Database, tables: readonly SourceTable[], rows: SourceRows): Promise<void> {
    await database.withTransaction(async (connection) => {
        const relations = tables.map(({ schema, table }) => quoteQualified(schema, table));
        await connection.query(`truncate ${relations.join(", ")}`);
        let waiting = tables.map((table) => ({ table, rows: rows.get(table.source.name) ?? [] }));
        for (let before = Infinity; waiting.length > 0 && countRows(waiting) < before;) {
            before = countRows(waiting);
            const left: typeof waiting = [];
            for (const each of waiting) {
                const refused = await insertRows(connection, each.table, each.rows);
                if (refused.length > 0) {
                    left.push({ table: each.table, rows: refused });
                }
            }
            waiting = left;
        }
    });
    await database.query("select pg_stat_force_next_flush()");
}

function countRows(tables: readonly { readonly rows: readonly SourceRow[] }[]): number {
    return tables.reduce((count, { rows }) => count + rows.length, 0);
}

/** @returns the rows that were refused */
async function insertRows(
    connection: Connection,
    table: SourceTable,
    given: readonly SourceRow[],
): Promise<readonly SourceRow[]> {
    const names = filledColumns(table);
    const rows = given.map((row) => Object.fromEntries(names.map((name) => [name, row[name] ?? null])));
    if (rows.length === 0 || (await tryStatement(connection, formatInsert(table, rows))) === null) {
        return [];
    }
    const refused: SourceRow[] = [];
    for (const row of rows) {
        if ((await tryStatement(connection, formatInsert(table, [row]))) !== null) {
            refused.push(row);
        }
    }
    return refused;
}
