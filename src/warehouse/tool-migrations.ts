import type { Knex } from "knex";
import { StardeckError } from "../config/errors.js";
import { createOperationsTables, ensureOperationsSchema } from "./operations-schema.js";
import type { Queryable } from "./queryable.js";

interface ToolMigration extends Knex.Migration {
    readonly name: string;
}

/**
 * The migrations of stardeck's own tables in `ops`. They are part of the program, not of a project's folder.
 * Never edit a released one; add new ones at the end.
 */
const toolMigrations: readonly ToolMigration[] = [
    { name: "0001_operations", up: createOperationsTables, down: () => Promise.resolve() },
];

/** Brings stardeck's own tables up to date; creates them in a database that has none. */
export async function migrateOperations(transaction: Knex.Transaction): Promise<void> {
    await ensureOperationsSchema(transaction);
    const migrationSource: Knex.MigrationSource<ToolMigration> = {
        getMigrations: () => Promise.resolve([...toolMigrations]),
        getMigrationName: ({ name }) => name,
        getMigration: (migration) => Promise.resolve(migration),
    };
    await transaction.migrate.latest({ schemaName: "ops", tableName: "tool_migration", migrationSource });
}

/** Whether the tables in `ops` have the version that this program needs. */
export type OperationsState = "missing" | "older" | "current";

/** @throws StardeckError `failed` if a newer stardeck has changed them. */
export async function loadOperationsState(database: Queryable): Promise<OperationsState> {
    const { rows: known } = await database.query<{ mayRead: boolean | null }>(
        "select has_table_privilege(to_regclass('ops.tool_migration'), 'select') as \"mayRead\"",
    );
    const { mayRead = null } = known[0] ?? {};
    if (mayRead !== true) {
        return mayRead === null ? "missing" : "current";
    }
    const { rows } = await database.query<{ name: string }>("select name from ops.tool_migration order by id");
    const names = toolMigrations.map(({ name }) => name);
    const unknown = rows.filter(({ name }) => !names.includes(name));
    if (unknown.length > 0) {
        throw new StardeckError(
            "A newer stardeck has worked on this database, and keeps there what this one does not know.",
            {
                code: "failed",
                hint: "Use that version of stardeck, or one that is newer still.",
            },
        );
    }
    return rows.length === 0 ? "missing" : rows.length < names.length ? "older" : "current";
}
