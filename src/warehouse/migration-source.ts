import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseError } from "pg";
import type { Knex } from "knex";
import { errorMessage, StardeckError } from "../config/errors.js";
import { StatementError, wrapStatementError } from "../database/errors.js";
import { Evaluator } from "../project/evaluate.js";
import type { ModelFile, MigrationFile, Project } from "../project/project.js";
import { makeSeedSource } from "../project/read-seed.js";
import { quoteLiteral } from "../sql/identifiers.js";
import { formatCodeFrame } from "../text/code-frame.js";
import { applyDefinitions, type Applied } from "./apply/apply-definitions.js";
import {
    definitionsOf,
    layersOf,
    loadAppliedVersions,
    modelsOf,
    seedKey,
    seedsOf,
    sourcesOf,
    versionName,
    type AppliedVersion,
    type Definitions,
} from "./apply/definitions.js";
import { dropEmptySchemas, makeSchemas } from "./apply/layer-schemas.js";
import type { Application } from "./apply/prepare-run.js";
import { recordVersions } from "./apply/record-definitions.js";
import type { ProjectHistory } from "./project-history.js";
import type { CopyTarget } from "./queryable.js";
import { queryOf } from "./knex-queryable.js";
import { migrateOperations } from "./tool-migrations.js";

interface MigrationEntry {
    /** Must be called `file`: Knex's `migrate:status` prints this member of pending migrations. */
    readonly file: string;
    /** Null for a version of a source or a model. */
    readonly versioned: MigrationFile | null;
}

/** How definitions are applied. */
export interface MigrationWay extends Pick<Application, "isPlan" | "check"> {
    /** How long a lock is waited for: as long, all wait who come to read after us. */
    readonly lockTimeoutMs: number;
}

/** Longer than this nobody may keep us waiting. */
export const longestLockWaitMs = 10_000;

/**
 * Presents a project to Knex: its versioned migrations, then each version of a source or a model. Because models depend on each other,
 * the first version of a batch applies all of them together, and a rollback takes them back together.
 */
export class MigrationSource implements Knex.MigrationSource<MigrationEntry> {
    /** The result of the last `up` or `down`; null before. */
    applied: Applied | null = null;
    private readonly takenBack = new Set<string>();

    constructor(
        private readonly project: Project,
        private readonly sourceSchema: string,
        private readonly history: ProjectHistory,
        private readonly way: MigrationWay = { isPlan: false, lockTimeoutMs: longestLockWaitMs },
    ) {}

    getMigrations(): Promise<MigrationEntry[]> {
        const files = new Map(this.project.migrations.map((migration) => [migration.name, migration]));
        const names = [...this.history.completed, ...this.history.pending];
        return Promise.resolve(names.map((file) => ({ file, versioned: files.get(file) ?? null })));
    }

    getMigrationName({ file }: MigrationEntry): string {
        return file;
    }

    getMigration({ file, versioned }: MigrationEntry): Promise<Knex.Migration> {
        return Promise.resolve(
            versioned === null
                ? { up: (knex) => this.apply(knex), down: (knex) => this.takeBack(knex, file) }
                : {
                      up: (knex) => this.run(knex, versioned, "up"),
                      down: (knex) => this.run(knex, versioned, "down"),
                  },
        );
    }

    private async run(knex: Knex, migration: MigrationFile, direction: "up" | "down"): Promise<void> {
        await migrateOperations(knex as Knex.Transaction);
        const database = queryOf(knex);
        await makeSchemas(database, this.project);
        const { exports } = new Evaluator(this.project.folder).evaluate(join(this.project.folder, migration.path));
        const run = exports[direction];
        if (typeof run !== "function") {
            throw new StardeckError(`${migration.path} exports no function "${direction}".`, {
                code: "failed",
                hint: `Write \`export async function ${direction}(knex) { … }\`.`,
            });
        }
        try {
            await (run as (knex: Knex) => PromiseLike<unknown>)(knex);
        } catch (error) {
            throw describeFailure(migration, error, this.project);
        }
        const key = `migrations/${migration.name}`;
        if (direction === "up") {
            await recordVersions(database, [{ name: key, version: 1, checksum: migration.checksum, definition: null }]);
        } else {
            await database.query(`delete from ops.definition_version where definition_name = ${quoteLiteral(key)}`);
            const { rowCount } = await database.query("select from ops.model limit 1");
            await dropEmptySchemas(database, rowCount === 0 ? [] : this.project.layers.map(({ schema }) => schema));
        }
    }

    private async apply(knex: Knex): Promise<void> {
        if (this.applied === null) {
            await migrateOperations(knex as Knex.Transaction);
            const { project, way } = this;
            const database = queryOf(knex);
            await database.query(`set local lock_timeout = ${way.lockTimeoutMs}`);
            this.applied = await applyDefinitions(database, {
                definitions: definitionsOf(project, this.sourceSchema),
                ...way,
                projectName: project.name,
                configuredSourceSchema: project.sourceSchema,
                folder: project.folder,
                direction: "forth",
                loadSeedBytes: ({ path }) => readFile(join(project.folder, path)),
            });
        }
    }

    /** Restores the definitions that a whole batch replaced, once per batch. */
    private async takeBack(knex: Knex, name: string): Promise<void> {
        if (this.takenBack.has(name)) {
            return;
        }
        const database = queryOf(knex);
        const { rows } = await database.query<{ name: string }>(
            `select name from ops.migration where batch = (select batch from ops.migration where name = ${quoteLiteral(name)})`,
        );
        const names = new Set(rows.map((row) => row.name));
        await database.query(`set local lock_timeout = ${this.way.lockTimeoutMs}`);
        this.applied = await takeBackVersions(database, this.project, this.sourceSchema, names);
        await database.query(`set local lock_timeout = ${longestLockWaitMs}`);
        names.forEach((each) => this.takenBack.add(each));
    }
}

/** Restores the definitions before the named versions, from the history in `ops`. */
async function takeBackVersions(
    database: CopyTarget,
    project: Project,
    sourceSchema: string,
    names: ReadonlySet<string>,
): Promise<Applied> {
    const { rows } = await database.query<AppliedVersion>(
        `select definition_name as name, version, checksum, definition
        from ops.definition_version
        where definition_name not like 'migrations/%'
        order by definition_name, version`,
    );
    const before = new Map(rows.filter((row) => !names.has(versionName(row))).map((row) => [row.name, row]));
    const last = await loadAppliedVersions(database);
    const current = modelsOf(last);
    const definitions: Definitions = {
        // If no project version is left, the current layers tell where the relations to drop are.
        layers: layersOf(before.has("project") ? before : last),
        sources: [...sourcesOf(before), ...seedsOf(before).map(makeSeedSource)],
        seeds: seedsOf(before),
        models: modelsOf(before).map((model) => ({ ...model, renamedFrom: formerNameOrNull(model, current, before) })),
        sourceSchema,
    };
    const applied = await applyDefinitions(database, {
        definitions,
        projectName: project.name,
        configuredSourceSchema: project.sourceSchema,
        folder: null,
        direction: "back",
        isPlan: false,
        loadSeedBytes: async (seed) => {
            const key = seedKey(seed);
            const { rows: texts } = await database.query<{ content: string }>(
                `select content from ops.definition_version
                where definition_name = ${quoteLiteral(key)} and version = ${before.get(key)?.version ?? 0}`,
            );
            return Buffer.from(texts[0]?.content ?? "");
        },
    });
    const taken = rows.filter((row) => names.has(versionName(row)));
    if (taken.length > 0) {
        await database.query(
            `delete from ops.definition_version
            where (definition_name, version) in (${taken.map((row) => `(${quoteLiteral(row.name)}, ${row.version})`).join(", ")})`,
        );
    }
    return applied;
}

/** The current name of a model that gets its old name back; null if it was not renamed. */
function formerNameOrNull(
    model: ModelFile,
    current: readonly ModelFile[],
    before: ReadonlyMap<string, AppliedVersion>,
): string | null {
    const kept = new Set(modelsOf(before).map(({ name }) => name));
    return current.find(({ name, renamedFrom }) => renamedFrom === model.name && !kept.has(name))?.name ?? null;
}

/** An error with the migration's file name, PostgreSQL's message and the line of the statement. */
function describeFailure({ path }: MigrationFile, error: unknown, project: Project): StardeckError {
    const failure = withStatement(error);
    const frame =
        failure instanceof StatementError && failure.position !== undefined
            ? formatCodeFrame(failure.sql, failure.position)
            : [];
    const hint = describeMadeLater(failure, project) ?? (failure instanceof StardeckError ? failure.hint : undefined);
    return new StardeckError([`${path}: ${errorMessage(failure)}`, ...frame].join("\n"), {
        code: "failed",
        hint: [...(hint === undefined ? [] : [hint]), "Nothing was changed."].join("\n"),
        cause: error,
    });
}

/** A hint if a versioned migration reads a model or seed, because these are made after it. */
function describeMadeLater(failure: unknown, { seeds, models }: Project): string | undefined {
    if (!(failure instanceof StatementError) || failure.sqlState !== undefinedTable) {
        return undefined;
    }
    const missing = [...seeds, ...models].find(({ schema, name }) => failure.message.includes(`"${schema}.${name}"`));
    return missing === undefined
        ? undefined
        : `${missing.schema}.${missing.name} is made by the same \`stardeck migrate\`, but after all versioned migrations, as models may need what these make: let a model read it, or add this migration once that has run.`;
}

const undefinedTable = "42P01";

/** Knex puts the statement before PostgreSQL's message. */
function withStatement(error: unknown): unknown {
    if (!(error instanceof DatabaseError)) {
        return error;
    }
    const end = error.message.lastIndexOf(" - ");
    const sql = end === -1 ? "" : error.message.slice(0, end);
    error.message = end === -1 ? error.message : error.message.slice(end + 3);
    return wrapStatementError(error, sql, "the database");
}
