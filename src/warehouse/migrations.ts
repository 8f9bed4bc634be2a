import { basename, extname } from "node:path";
import type { Knex } from "knex";
import { errorMessage, StardeckError } from "../config/errors.js";
import { migrationsFolder } from "../config/package-folder.js";
import type { Database } from "../database/database.js";
import { buildPinSql } from "../database/session-settings.js";
import { makeRefusal } from "../database/read-only/make-read-only.js";
import { makeProblemCollector } from "./migration-problems.js";
import { MigrationSource, type RunUp } from "./migration-source.js";
import { ensureOperationsSchema } from "./operations-schema.js";
import type { Queryable } from "./queryable.js";
import { rememberModelViews } from "./model-views.js";
import { queryOf } from "./run-sql.js";
import type { MigrationParameters } from "./source-schema.js";
import { loadUsableState } from "./warehouse-state.js";

/** What the migrations of this installation are, and how many of them the database has. */
export interface MigrationStatus {
    readonly completed: readonly string[];
    readonly pending: readonly string[];
}

/** Knex's settings for stardeck's migrations; the connection is the caller's. */
export function makeKnexConfig(
    parameters: MigrationParameters,
    runUp?: RunUp,
): Knex.Config & { readonly userParams: MigrationParameters } {
    return {
        client: "pg",
        // Knex does not ask then, by an unqualified `select version()` before the search path is pinned.
        version: "15",
        userParams: parameters,
        migrations: {
            tableName: "migration",
            schemaName: "ops",
            migrationSource: new MigrationSource(migrationsFolder, runUp),
        },
    };
}

/**
 * Brings the database up to date, all in one transaction: it ends with every migration or as it was.
 *
 * @param prepare runs before, in the same transaction, where there is something to migrate
 * @returns the names of the migrations that were run, in order.
 * @throws StardeckError `failed`
 */
export async function runMigrations(
    database: Database,
    parameters: MigrationParameters,
    prepare: (queryable: Queryable) => Promise<void> = () => Promise.resolve(),
): Promise<readonly string[]> {
    return withMigrator(database, parameters, async (migrator, queryable) => {
        if ((await loadUsableState(queryable)).pending.length === 0) {
            return [];
        }
        await prepare(queryable);
        return namesOf(await migrator.latest());
    });
}

/** Takes back the migrations of the last call of `runMigrations` (or all), newest first. The data of their models goes with them. */
export async function rollbackMigrations(
    database: Database,
    parameters: MigrationParameters,
    options: { readonly all: boolean },
): Promise<readonly string[]> {
    return withMigrator(database, parameters, async (migrator) =>
        namesOf(await migrator.rollback(undefined, options.all)),
    );
}

/** What a rollback would take: nothing of it is done yet. */
export interface RollbackLoss {
    readonly migrations: readonly string[];
    /** Models that go, with their size as `104 kB`; null for views. */
    readonly models: readonly { readonly name: string; readonly layer: string; readonly size: string | null }[];
    /** Recorded runs that go with `ops`; 0 while that stays. */
    readonly runCount: number;
}

/**
 * Takes back the migrations as `rollbackMigrations` would, looks what is gone, and undoes all of it.
 *
 * @throws StardeckError `failed` where it could not be taken back
 */
export async function previewRollback(
    database: Database,
    parameters: MigrationParameters,
    options: { readonly all: boolean },
): Promise<RollbackLoss> {
    try {
        return await withMigrator(database, parameters, async (migrator, queryable) => {
            const before = await loadContent(queryable);
            const migrations = namesOf(await migrator.rollback(undefined, options.all));
            const after = await loadContent(queryable);
            const kept = new Set(after.models.map(({ name }) => name));
            throw new Rehearsal({
                migrations,
                models: before.models.filter(({ name }) => !kept.has(name)),
                runCount: before.runCount - after.runCount,
            });
        });
    } catch (error) {
        if (error instanceof Rehearsal) {
            return error.loss;
        }
        throw error;
    }
}

/** Thrown inside the transaction so that it rolls back. */
class Rehearsal extends Error {
    constructor(readonly loss: RollbackLoss) {
        super("rehearsed");
    }
}

async function loadContent(queryable: Queryable): Promise<Omit<RollbackLoss, "migrations">> {
    const { rows: known } = await queryable.query<{ exists: boolean }>(
        "select to_regclass('ops.model') is not null as exists",
    );
    if (known[0]?.exists !== true) {
        return { models: [], runCount: 0 };
    }
    const { rows: models } = await queryable.query<RollbackLoss["models"][number]>(
        `select
            model_name as name,
            layer,
            case when materialisation = 'table' then pg_size_pretty(pg_total_relation_size(pg_class.oid)) end as size
        from ops.model
        left join pg_namespace on nspname = layer
        left join pg_class on relnamespace = pg_namespace.oid and relname = model_name
        order by layer, model_name`,
    );
    const { rows } = await queryable.query<{ runCount: number }>('select count(*)::integer as "runCount" from ops.run');
    return { models, runCount: rows[0]?.runCount ?? 0 };
}

/** Reads only: works for a role that may not migrate, and in a database that was never migrated. */
export async function loadMigrationStatus(database: Database): Promise<MigrationStatus> {
    const { completed, pending } = await loadUsableState(database);
    return { completed, pending };
}

/** Takes away the lock that Knex keeps beside its record, where an `npx knex` that was killed has left it. */
export async function unlockMigrations(database: Database): Promise<boolean> {
    const { rows: known } = await database.query<{ exists: boolean }>(
        "select to_regclass('ops.migration_lock') is not null as exists",
    );
    if (known[0]?.exists !== true) {
        return false;
    }
    const { rowCount } = await database.query("update ops.migration_lock set is_locked = 0 where is_locked = 1");
    return rowCount > 0;
}

async function withMigrator<T>(
    database: Database,
    parameters: MigrationParameters,
    use: (migrator: Knex.Migrator, queryable: Queryable) => Promise<T>,
): Promise<T> {
    if (database.isReadOnly) {
        throw makeRefusal("Migrations write, and the database is open for reading only.");
    }
    const collector = makeProblemCollector(parameters.sourceSchema);
    // Loaded here and not above: who only asks what is pending need not wait for Knex.
    const { default: createKnex } = await import("knex");
    const knex = createKnex({ ...makeKnexConfig(parameters, collector.runUp), log: silentLog });
    try {
        return await withKnexTransaction(database, knex, async (transaction) => {
            await transaction.raw(buildPinSql("end of transaction"));
            if (parameters.onBackend !== undefined) {
                const { rows } = await transaction.raw<{ rows: { pid: number }[] }>("select pg_backend_pid() as pid");
                parameters.onBackend(rows[0]?.pid ?? 0);
            }
            // Two processes that migrate at once take turns; on the embedded database transactions do so anyway.
            await transaction.raw("select pg_advisory_xact_lock(hashtext('stardeck migrations'))");
            const queryable = queryOf(transaction);
            await loadUsableState(queryable);
            // Within the transaction: Knex's record comes before the first migration.
            await ensureOperationsSchema(transaction);
            const result = await use(transaction.migrate, queryable);
            collector.refuseProblems();
            await rememberModelViews(queryable);
            return result;
        });
    } catch (error) {
        throw describeFailure(error);
    } finally {
        await knex.destroy();
    }
}

/** Knex opens no connection of its own: the server may have no other one for us. */
export function withKnexTransaction<T>(
    database: Database,
    knex: Knex,
    use: (transaction: Knex.Transaction) => Promise<T>,
): Promise<T> {
    return database.withClient((connection) => knex.transaction(use, { connection }));
}

function describeFailure(error: unknown): unknown {
    if (error instanceof StardeckError || error instanceof Rehearsal) {
        return error;
    }
    if (error instanceof Error && error.name === "MigrationLocked") {
        return new StardeckError(
            "Knex's lock on the migrations is taken: `npx knex` migrates just now, or was killed.",
            {
                code: "failed",
                hint: "Where nobody migrates any more, `stardeck migrate --unlock` takes the lock away. Nothing was changed.",
                cause: error,
            },
        );
    }
    return new StardeckError(`The migrations did not run: ${errorMessage(error)}.`, {
        code: "failed",
        hint: "Nothing was changed. `stardeck debug` checks sources and privileges.",
        cause: error,
    });
}

function namesOf(result: unknown): readonly string[] {
    const [, files] = result as [batch: number, files: readonly string[]];
    return files.map((file) => basename(file, extname(file)));
}

const silentLog = { warn: () => undefined, error: () => undefined, deprecate: () => undefined, debug: () => undefined };
