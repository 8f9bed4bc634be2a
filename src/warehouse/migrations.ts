import type { Knex } from "knex";
import type { QueryConfig } from "pg";
import { errorMessage, StardeckError } from "../config/errors.js";
import type { Database } from "../database/database.js";
import { isConnectionLoss, StatementError, wrapStatementError } from "../database/errors.js";
import { makeRefusal } from "../database/read-only/make-read-only.js";
import { buildBeginSql, type Begun } from "../database/session-settings.js";
import type { Project } from "../project/project.js";
import { quoteLiteral } from "../sql/identifiers.js";
import { beginShapingSql, isCluster } from "./citus.js";
import { describeLayers } from "./apply/definitions.js";
import { findCostlyEntities } from "./apply/find-costly-entities.js";
import { isBreaking, planSeed, type ModelPlan, type Plan } from "./apply/plan.js";
import type { Application } from "./apply/prepare-run.js";
import { ProblemPlaces } from "./apply/problems.js";
import { longestLockWaitMs, MigrationSource } from "./migration-source.js";
import { loadProjectHistory, type ProjectHistory } from "./project-history.js";
import type { Queryable } from "./queryable.js";
import { queryOf } from "./knex-queryable.js";
import { refreshMappings } from "./refresh-mappings.js";
import { migrateOperations } from "./tool-migrations.js";
import { refusePartialRestore } from "./warehouse-state.js";

/** What to migrate, and where its models read from. */
export interface MigrationParameters {
    readonly project: Project;
    /** The database schema of the landing tables. */
    readonly sourceSchema: string;
    /** Called with the backend's process id before the migrations wait for a lock. */
    readonly onBackend?: (pid: number) => void;
    /** Runs first in the same transaction, if there is something to migrate. */
    readonly prepare?: (queryable: Queryable) => Promise<void>;
    /** Runs in the same transaction, after all SELECTs were changed; if it throws, everything is rolled back. */
    readonly check?: Application["check"];
}

/** The plan removes or changes something that readers may use, and it was not approved. */
export class UnapprovedPlanError extends StardeckError {
    constructor(readonly plan: Plan) {
        super("Some of these changes take something away that others may read.", {
            code: "usage",
            hint: "Nothing was changed. `stardeck plan` shows them; add --yes to agree to them.",
        });
    }
}

export interface Migrated {
    /** The names of the migrations that ran, in their order. */
    readonly names: readonly string[];
    readonly plan: Plan;
}

/**
 * Brings the database to what the project's files say, in one transaction: all of it or nothing.
 *
 * @throws UnapprovedPlanError; StardeckError `failed` with every problem of every file
 */
export async function runMigrations(
    database: Database,
    parameters: MigrationParameters,
    { isApproved = false }: { readonly isApproved?: boolean } = {},
): Promise<Migrated> {
    const migrated = await withMigrator(database, parameters, async (session) => {
        const { names, plan } = await migrateForth(session, parameters, false);
        if (!isApproved && isBreaking(plan)) {
            const warnings = await findWarnings(session.queryable, parameters.project);
            throw new UnapprovedPlanError({ ...plan, warnings });
        }
        return { names, plan };
    });
    if (migrated.names.length === 0) {
        return migrated;
    }
    const warnings = await deriveMappings(database, parameters.project);
    return { ...migrated, plan: { ...migrated.plan, warnings } };
}

/**
 * Derives the mappings of changed SELECTs, in a transaction of its own, so that readers of changed tables do not wait for it. If the
 * program ends before, the next build derives them.
 *
 * @returns warnings
 */
function deriveMappings(database: Database, project: Project): Promise<readonly string[]> {
    return database.withTransaction(async (connection) => {
        const derived = new Set(await refreshMappings(connection));
        const models = project.models.filter(({ name }) => derived.has(name));
        return findCostlyEntities(connection, models, new ProblemPlaces(project.folder));
    });
}

/** What `deriveMappings` would warn of, in a transaction that is rolled back: only declared entity keys are looked at. */
async function findWarnings(queryable: Queryable, { models, folder }: Project): Promise<readonly string[]> {
    const declared = models.filter(({ entityKey }) => entityKey !== null);
    const derived = new Set(await refreshMappings(queryable, { only: new Set(declared.map(({ name }) => name)) }));
    return findCostlyEntities(
        queryable,
        declared.filter(({ name }) => derived.has(name)),
        new ProblemPlaces(folder),
    );
}

/** Does what `runMigrations` would do, then rolls it back and returns the plan. */
export async function planMigrations(database: Database, parameters: MigrationParameters): Promise<Plan> {
    const { isCurrent, pending } = await loadProjectHistory(database, parameters.project, parameters.sourceSchema);
    if (isCurrent && pending.length === 0) {
        return { migrations: [], sources: [], seeds: [], layers: null, models: [], rebuilt: [], warnings: [] };
    }
    const { project } = parameters;
    return rehearse((finish) =>
        withMigrator(
            database,
            parameters,
            async (session) => {
                let warnings: readonly string[] = [];
                const check = async (queryable: Queryable): Promise<void> => {
                    warnings = await findWarnings(queryable, project);
                };
                const { plan } = await migrateForth(session, { ...parameters, check }, true);
                return finish({ ...plan, warnings });
            },
            { isPlan: true },
        ),
    );
}

/** Takes back the migrations of the last call of `runMigrations` (or all), newest first. */
export async function rollbackMigrations(
    database: Database,
    parameters: MigrationParameters,
    options: { readonly all: boolean },
): Promise<readonly string[]> {
    const { names } = await withMigrator(database, parameters, (session) => migrateBack(session, parameters, options));
    if (!options.all) {
        await deriveMappings(database, parameters.project);
    }
    return names;
}

/** What a rollback would remove. */
export interface RollbackLoss {
    readonly migrations: readonly string[];
    /** Models that would be dropped, with their size as `104 kB`; null for views. */
    readonly models: readonly { readonly name: string; readonly schema: string; readonly size: string | null }[];
    /** Models that would get an earlier definition. */
    readonly restored: readonly string[];
}

/**
 * Takes back the migrations as `rollbackMigrations` would, notes what is gone, and rolls all of that back.
 *
 * @throws StardeckError `failed` if they could not be taken back
 */
export async function previewRollback(
    database: Database,
    parameters: MigrationParameters,
    options: { readonly all: boolean },
): Promise<RollbackLoss> {
    return rehearse((finish) =>
        withMigrator(database, parameters, async (session) => {
            const before = await loadModelSizes(session.queryable);
            const { names, restored } = await migrateBack(session, parameters, options);
            const kept = new Set((await loadModelSizes(session.queryable)).map(({ name }) => name));
            return finish({
                migrations: names,
                models: before.filter(({ name }) => !kept.has(name)),
                restored: restored.filter(({ kind }) => kind !== "removed").map(({ name }) => name),
            });
        }),
    );
}

/** Only reads, so it works for a role that may not migrate, and in a database that was never migrated. */
export async function loadMigrationStatus(
    database: Queryable,
    { project, sourceSchema }: Pick<MigrationParameters, "project" | "sourceSchema">,
): Promise<ProjectHistory> {
    await refusePartialRestore(database);
    return loadProjectHistory(database, project, sourceSchema);
}

/** Releases the locks that Knex keeps beside its records, in case a killed `npx knex` has left one. */
export async function unlockMigrations(database: Database): Promise<boolean> {
    let wasLocked = false;
    for (const table of ["ops.migration_lock", "ops.tool_migration_lock"]) {
        const { rows: known } = await database.query<{ exists: boolean }>(
            "select to_regclass($1) is not null as exists",
            [table],
        );
        if (known[0]?.exists === true) {
            const { rowCount } = await database.query(`update ${table} set is_locked = 0 where is_locked = 1`);
            wasLocked ||= rowCount > 0;
        }
    }
    return wasLocked;
}

/**
 * Settings for Knex's own command on a project, for the database's current state; the caller adds the connection.
 *
 * @throws StardeckError `failed` for a database of another project, or a newer one
 */
export async function makeKnexConfig(
    database: Queryable,
    { project, sourceSchema }: Pick<MigrationParameters, "project" | "sourceSchema">,
): Promise<Knex.Config> {
    const history = await loadMigrationStatus(database, { project, sourceSchema });
    return knexConfigOf(new MigrationSource(project, sourceSchema, history));
}

function knexConfigOf(migrationSource: MigrationSource): Knex.Config {
    return {
        client: "pg",
        // Else Knex runs an unqualified `select version()` before the search path is pinned.
        version: "15",
        migrations: { tableName: "migration", schemaName: "ops", migrationSource },
    };
}

interface Session {
    readonly transaction: Knex.Transaction;
    readonly queryable: Queryable;
    readonly history: ProjectHistory;
    readonly lockTimeoutMs: number;
}

async function migrateForth(
    { transaction, queryable, history, lockTimeoutMs }: Session,
    { project, sourceSchema, prepare, check }: MigrationParameters,
    isPlan: boolean,
): Promise<Migrated> {
    const { pending } = history;
    if (pending.length > 0) {
        await prepare?.(queryable);
    }
    const versioned = new Set(project.migrations.map(({ name }) => name));
    // The first version applies all of them. Knex would record each by itself, which takes seconds for a thousand.
    const firstVersion = pending.findIndex((name) => !versioned.has(name));
    const ran = firstVersion === -1 ? pending : pending.slice(0, firstVersion + 1);
    const way = { isPlan, lockTimeoutMs, ...(check === undefined ? {} : { check }) };
    const source = new MigrationSource(project, sourceSchema, { ...history, pending: ran }, way);
    if (ran.length > 0) {
        await migratorOf(transaction, source).latest();
        await recordInBatch(queryable, pending.slice(ran.length));
    }
    const names = pending;
    const { models = [], sources = [], seeds = [], layersBefore = null, rebuilt = [] } = source.applied ?? {};
    const plan: Plan = {
        migrations: names.filter((name) => versioned.has(name)),
        sources: sources.map(({ kind, before, after }) => ({ name: (after ?? before)?.name ?? "", kind })),
        seeds: seeds.map(planSeed),
        layers:
            layersBefore === null ? null : { from: describeLayers(layersBefore), to: describeLayers(project.layers) },
        models,
        rebuilt,
        warnings: [],
    };
    return { names, plan };
}

/** Adds names to Knex's record as part of its last batch. */
async function recordInBatch(queryable: Queryable, names: readonly string[]): Promise<void> {
    if (names.length > 0) {
        await queryable.query(
            `insert into ops.migration (name, batch, migration_time)
            select name, (select max(batch) from ops.migration), current_timestamp
            from unnest(array[${names.map(quoteLiteral).join(", ")}]) with ordinality as entry (name, position)
            order by position`,
        );
    }
}

async function migrateBack(
    { transaction, history, lockTimeoutMs }: Session,
    { project, sourceSchema }: MigrationParameters,
    { all }: { readonly all: boolean },
): Promise<{ readonly names: readonly string[]; readonly restored: readonly ModelPlan[] }> {
    const source = new MigrationSource(project, sourceSchema, history, { isPlan: false, lockTimeoutMs });
    const names = namesOf(await migratorOf(transaction, source).rollback(undefined, all));
    return { names, restored: source.applied?.models ?? [] };
}

function migratorOf(transaction: Knex.Transaction, source: MigrationSource): Knex.Migrator {
    const { migrations } = knexConfigOf(source);
    const { migrate } = transaction;
    const config = { ...migrations };
    return {
        latest: () => migrate.latest(config),
        rollback: (_config?: Knex.MigratorConfig, all?: boolean) => migrate.rollback(config, all),
    } as Knex.Migrator;
}

async function rehearse<Result>(run: (finish: (result: Result) => never) => Promise<never>): Promise<Result> {
    try {
        return await run((result) => {
            throw new Rehearsal(result);
        });
    } catch (error) {
        if (error instanceof Rehearsal) {
            return error.result as Result;
        }
        throw error;
    }
}

/** Thrown inside the transaction so that it rolls back. */
class Rehearsal extends Error {
    constructor(readonly result: unknown) {
        super("rehearsed");
    }
}

async function loadModelSizes(queryable: Queryable): Promise<RollbackLoss["models"]> {
    const { rows } = await queryable.query<RollbackLoss["models"][number]>(
        `select
            model_name as name,
            schema_name as schema,
            case when materialisation = 'table' then pg_size_pretty(pg_total_relation_size(pg_class.oid)) end as size
        from ops.model
        left join pg_namespace on nspname = schema_name
        left join pg_class on relnamespace = pg_namespace.oid and relname = model_name
        order by schema_name, model_name`,
    );
    return rows;
}

/** A plan never keeps readers waiting for longer; a migration tries again with twice as long each time. */
const firstLockTimeoutMs = 100;

/**
 * Runs a migration. Whoever reads a table after us waits for us while we wait for somebody: so we wait a short time only, and begin
 * again when that was not enough.
 */
async function withMigrator<T>(
    database: Database,
    parameters: MigrationParameters,
    use: (session: Session) => Promise<T>,
    { isPlan = false }: { readonly isPlan?: boolean } = {},
): Promise<T> {
    if (database.isReadOnly) {
        throw makeRefusal("Migrations write, and the database is open for reading only.");
    }
    // Imported only here, so that merely listing pending migrations does not load Knex.
    const { default: createKnex } = await import("knex");
    const knex = createKnex({ client: "pg", version: "15", log: silentLog });
    const lastStart = performance.now() + longestLockWaitMs;
    try {
        for (let lockTimeoutMs = firstLockTimeoutMs; ; lockTimeoutMs *= isPlan ? 1 : 2) {
            try {
                return await migrateOnce(database, knex, parameters, lockTimeoutMs, use);
            } catch (error) {
                if (!isLockTimeout(error) || performance.now() > lastStart) {
                    throw describeFailure(error, database.name);
                }
            }
        }
    } finally {
        await knex.destroy();
    }
}

function isLockTimeout(error: unknown): boolean {
    return error instanceof StatementError && error.sqlState === "55P03";
}

function migrateOnce<T>(
    database: Database,
    knex: Knex,
    { project, sourceSchema, onBackend }: MigrationParameters,
    lockTimeoutMs: number,
    use: (session: Session) => Promise<T>,
): Promise<T> {
    return withKnexTransaction(database, knex, async (transaction, { backendPid }) => {
        onBackend?.(backendPid);
        // Two processes that migrate at once take turns; on the embedded database transactions do so anyway.
        await transaction.raw("select pg_advisory_xact_lock(hashtext('stardeck migrations'))");
        await transaction.raw(`set local lock_timeout = ${longestLockWaitMs}`);
        const queryable = queryOf(transaction);
        if (await isCluster(queryable)) {
            await transaction.raw(beginShapingSql);
        }
        await refusePartialRestore(queryable);
        // Before anything is made: a database of another project, or of a newer stardeck, is left alone.
        const before = await loadProjectHistory(queryable, project, sourceSchema);
        if (!before.isCurrent) {
            await migrateOperations(transaction);
        }
        const history = before.isCurrent ? before : await loadProjectHistory(queryable, project, sourceSchema);
        return use({ transaction, queryable, history, lockTimeoutMs });
    });
}

/**
 * Knex opens no connection of its own: the server may have no other one for us. What it begins a transaction with is replaced by our
 * beginning, which makes the settings in the same round trip: the server may end a transaction that is idle for a moment.
 */
function withKnexTransaction<T>(
    database: Database,
    knex: Knex,
    use: (transaction: Knex.Transaction, begun: Begun) => Promise<T>,
): Promise<T> {
    const { serverVersion } = database;
    return database.withClient((client, { statementTimeoutMs }) => {
        const start = { statementTimeoutMs, serverVersion, isolation: "read committed", access: "default" } as const;
        let begun: Begun | undefined;
        const begin = (callback: KnexCallback): void => {
            client.query(buildBeginSql(start).join("; "), (error: Error | null, results: unknown) => {
                begun = (results as readonly { readonly rows: readonly Begun[] }[] | undefined)?.[1]?.rows[0];
                callback(error, results);
            });
        };
        const connection = {
            query: (config: QueryConfig, callback: KnexCallback) => {
                if (config.text === "BEGIN;") {
                    begin(callback);
                } else {
                    client.query(config, callback);
                }
            },
        };
        return knex.transaction(
            (transaction) => {
                if (begun === undefined) {
                    throw new Error("Knex has begun a transaction in a way that is not known");
                }
                return use(transaction, begun);
            },
            { connection },
        );
    });
}

type KnexCallback = (error: Error | null, result: unknown) => void;

function describeFailure(error: unknown, serverName: string): unknown {
    if (isConnectionLoss(error)) {
        return wrapStatementError(error, "", serverName);
    }
    if (isLockTimeout(error)) {
        return new StardeckError(
            `Somebody has kept a table or view locked for ${longestLockWaitMs / 1000} s, and those who come to read it would have to wait for us both.`,
            {
                code: "failed",
                hint: "Nothing was changed. Try again when the other one is done; pg_locks says who it is.",
                cause: error,
            },
        );
    }
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
    return files;
}

const silentLog = { warn: () => undefined, error: () => undefined, deprecate: () => undefined, debug: () => undefined };
