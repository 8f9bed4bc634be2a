import { readdir } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Knex } from "knex";
import { errorMessage, StardeckError } from "../config/errors.js";
import { migrationsFolder } from "../config/package-folder.js";
import type { Database } from "../database/database.js";
import { buildPinSql } from "../database/session-settings.js";
import { makeRefusal } from "../database/read-only/make-read-only.js";
import type { MigrationParameters } from "./source-schema.js";

/** What the migrations of this installation are, and how many of them the database has. */
export interface MigrationStatus {
    readonly completed: readonly string[];
    readonly pending: readonly string[];
}

interface MigrationFile {
    /** Its absolute path; the name of this member is what Knex's own `migrate:status` prints of pending migrations. */
    readonly file: string;
}

/**
 * Knex's view of `migrations/`. A migration is recorded by its name without extension,
 * so that the built program and `npx knex` speak of the same thing.
 */
export class MigrationSource implements Knex.MigrationSource<MigrationFile> {
    constructor(private readonly folder: string) {}

    async getMigrations(): Promise<MigrationFile[]> {
        const files = await readdir(this.folder);
        return files
            .filter((file) => /^\d{14}_.*\.[jt]s$/.test(file) && !file.endsWith(".d.ts"))
            .sort()
            .map((file) => ({ file: join(this.folder, file) }));
    }

    getMigrationName({ file }: MigrationFile): string {
        return basename(file, extname(file));
    }

    async getMigration({ file }: MigrationFile): Promise<Knex.Migration> {
        return (await import(pathToFileURL(file).href)) as Knex.Migration;
    }
}

/** Knex's settings for stardeck's migrations; the connection is the caller's. */
export function makeKnexConfig(
    connection: Knex.Config["connection"],
    parameters: MigrationParameters,
): Knex.Config & { readonly userParams: MigrationParameters } {
    return {
        client: "pg",
        // Knex does not ask then, by an unqualified `select version()` before the search path is pinned.
        version: "15",
        ...(connection === undefined ? {} : { connection }),
        // One connection: a second would wait for the first one's transaction on the embedded database.
        pool: { min: 0, max: 1 },
        userParams: parameters,
        migrations: {
            tableName: "migration",
            schemaName: "ops",
            migrationSource: new MigrationSource(migrationsFolder),
        },
    };
}

/**
 * Brings the database up to date, all in one transaction: it ends with every migration or as it was.
 *
 * @returns the names of the migrations that were run, in order.
 * @throws StardeckError `failed`
 */
export async function runMigrations(database: Database, parameters: MigrationParameters): Promise<readonly string[]> {
    return withMigrator(database, parameters, async (migrator) => namesOf(await migrator.latest()));
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

/** Reads only: works for a role that may not migrate, and in a database that was never migrated. */
export async function loadMigrationStatus(database: Database): Promise<MigrationStatus> {
    const source = new MigrationSource(migrationsFolder);
    const all = (await source.getMigrations()).map((file) => source.getMigrationName(file));
    const known = await database.query<{ exists: boolean }>(
        "select to_regclass('ops.migration') is not null as exists",
    );
    if (known.rows[0]?.exists !== true) {
        return { completed: [], pending: all };
    }
    const { rows } = await database.query<{ name: string }>("select name from ops.migration order by id");
    const completed = rows.map((row) => row.name);
    return { completed, pending: all.filter((name) => !completed.includes(name)) };
}

async function withMigrator<T>(
    database: Database,
    parameters: MigrationParameters,
    use: (migrator: Knex.Migrator) => Promise<T>,
): Promise<T> {
    if (database.clientConfig === null) {
        throw makeRefusal("Migrations write, and the database is open for reading only.");
    }
    await ensureMigrationSchema(database);
    // Loaded here and not above: who only asks what is pending need not wait for Knex.
    const { default: createKnex } = await import("knex");
    const knex = createKnex({
        ...makeKnexConfig({ ...database.clientConfig } as Knex.PgConnectionConfig, parameters),
        log: silentLog,
    });
    try {
        return await knex.transaction(async (transaction) => {
            await transaction.raw(buildPinSql("end of transaction"));
            // Two processes that migrate at once take turns; on the embedded database transactions do so anyway.
            await transaction.raw("select pg_advisory_xact_lock(hashtext('stardeck migrations'))");
            return use(transaction.migrate);
        });
    } catch (error) {
        if (error instanceof StardeckError) {
            throw error;
        }
        throw new StardeckError(`The migrations did not run: ${errorMessage(error)}.`, {
            code: "failed",
            hint: "Nothing was changed. `stardeck debug` checks sources and privileges.",
            cause: error,
        });
    } finally {
        await knex.destroy();
    }
}

/** The schema in which Knex keeps its record; made here because that record comes before the first migration. */
async function ensureMigrationSchema(database: Database): Promise<void> {
    const { rows } = await database.query<{ exists: boolean }>(
        "select exists (select from pg_namespace where nspname = 'ops') as exists",
    );
    if (rows[0]?.exists !== true) {
        await database.query("create schema if not exists ops");
    }
}

function namesOf(result: unknown): readonly string[] {
    const [, files] = result as [batch: number, files: readonly string[]];
    return files.map((file) => basename(file, extname(file)));
}

const silentLog = { warn: () => undefined, error: () => undefined, deprecate: () => undefined, debug: () => undefined };
