import type { Connection } from "../database/connection.js";
import type { Database } from "../database/database.js";
import { formatIdentifier, formatQualified, quoteQualified } from "../sql/identifiers.js";
import { filledColumns } from "./sample-rows.js";
import { formatChange, formatInsert, type SourceChange, type SourceRow, type SourceRows } from "./source-rows.js";
import { tryStatement, type SourceTable } from "./source-tables.js";

/**
 * Does to the sources what their own program would be let do: what a constraint refuses, or would make two rows of one key, is left out.
 *
 * @returns what was done, each change for itself in a transaction that others see as a whole
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
    // What PostgreSQL counts of the changes is known to the build that follows, as it is some seconds later anywhere.
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

/** Whether a table whose rows are told apart by a key has rows of which they are not. */
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

/** Empties the sources and fills them with rows; those that no order lets in, as where a foreign key leads nowhere, are left out. */
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
