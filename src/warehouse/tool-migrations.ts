import type { Knex } from "knex";
import { StardeckError } from "../config/errors.js";
import { createOperationsTables, ensureOperationsSchema } from "./operations-schema.js";
import type { Queryable } from "./queryable.js";

interface ToolMigration extends Knex.Migration {
    readonly name: string;
}

/**
 * The migrations of stardeck's own tables in `ops`, apart from those of a project: whoever upgrades stardeck has none of them in a folder.
 * What was released is never edited; what a later version needs is added at the end.
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

/** How the tables of `ops` agree with this program. */
export type OperationsState = "missing" | "older" | "current";

/** @throws StardeckError `failed` where a newer stardeck has changed them. */
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
