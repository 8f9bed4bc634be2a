import { StardeckError } from "../config/errors.js";
import type { Project } from "../project/project.js";
import { definitionsOf, findChanges, loadAppliedVersions, versionName } from "./apply/definitions.js";
import type { Queryable } from "./queryable.js";
import { loadOperationsState } from "./tool-migrations.js";

/** Which migrations of a project the database has, and which are pending. */
export interface ProjectHistory {
    /** In the order in which they ran: versioned migrations, and versions of sources and models (`models/marts/mart_revenue v2`). */
    readonly completed: readonly string[];
    /** In the order in which they will run. */
    readonly pending: readonly string[];
    /** False if stardeck's own tables must be migrated as well. */
    readonly isCurrent: boolean;
}

/**
 * Compares a project's files with what was applied.
 *
 * @throws StardeckError `failed` for a database of another project, one that a newer stardeck or a newer state of the project has
 * migrated, and for a migration that was edited after it ran.
 */
export async function loadProjectHistory(
    database: Queryable,
    project: Project,
    sourceSchema: string,
): Promise<ProjectHistory> {
    const state = await loadOperationsState(database);
    const wanted = definitionsOf(project, sourceSchema);
    const versioned = project.migrations.map(({ name }) => name);
    if (state === "missing") {
        const { versions } = findChanges(new Map(), wanted);
        return { completed: [], pending: [...versioned, ...versions.map(versionName)], isCurrent: false };
    }
    await refuseOtherProject(database, project);
    const completed = await loadCompleted(database);
    await refuseEditedMigrations(database, project, completed);
    const { versions } = findChanges(await loadAppliedVersions(database), wanted);
    return {
        completed,
        pending: [...versioned.filter((name) => !completed.includes(name)), ...versions.map(versionName)],
        isCurrent: state === "current",
    };
}

/** The names that Knex has recorded; empty before the first migration. */
async function loadCompleted(database: Queryable): Promise<readonly string[]> {
    const { rows: known } = await database.query<{ mayRead: boolean | null }>(
        "select has_table_privilege(to_regclass('ops.migration'), 'select') as \"mayRead\"",
    );
    if (known[0]?.mayRead !== true) {
        return [];
    }
    const { rows } = await database.query<{ name: string }>("select name from ops.migration order by id");
    return rows.map(({ name }) => name);
}

async function refuseOtherProject(database: Queryable, { name }: Project): Promise<void> {
    const { rows } = await database.query<{ name: string }>("select project_name as name from ops.project");
    const other = rows[0]?.name;
    if (other !== undefined && other !== name) {
        throw new StardeckError(`This database holds the project "${other}", and the files are those of "${name}".`, {
            code: "failed",
            hint: "Use a database of its own, or correct the name in stardeck.config.ts.",
        });
    }
}

async function refuseEditedMigrations(
    database: Queryable,
    project: Project,
    completed: readonly string[],
): Promise<void> {
    const files = new Map(project.migrations.map((migration) => [migration.name, migration]));
    const missing = completed.filter((name) => /^\d{14}_/.test(name) && !files.has(name));
    if (missing.length > 0) {
        throw new StardeckError(
            `A newer state of the project has migrated this database: the files have no ${missing.join(", ")}.`,
            { code: "failed", hint: "Get the newest files of the project first." },
        );
    }
    const { rows } = await database.query<{ name: string; checksum: string }>(
        `select substr(definition_name, length('migrations/') + 1) as name, checksum
        from ops.definition_version
        where definition_name like 'migrations/%'`,
    );
    const edited = rows.flatMap(({ name, checksum }) => {
        const file = files.get(name);
        return file !== undefined && file.checksum !== checksum ? [file.path] : [];
    });
    if (edited.length > 0) {
        throw new StardeckError(
            `${edited.join(", ")} ${edited.length === 1 ? "was" : "were"} edited after ${edited.length === 1 ? "it" : "they"} ran: nothing of the edit would reach this database.`,
            { code: "failed", hint: "Undo the edit, and write what is to change into a new migration." },
        );
    }
}

/** The source schema of the last migration; null before it, or if the configuration has changed since. */
export async function loadRememberedSchemaOrNull(
    database: Queryable,
    { name, sourceSchema }: Pick<Project, "name" | "sourceSchema">,
): Promise<string | null> {
    const { rows: known } = await database.query<{ mayRead: boolean | null }>(
        "select has_table_privilege(to_regclass('ops.project'), 'select') as \"mayRead\"",
    );
    if (known[0]?.mayRead !== true) {
        return null;
    }
    const { rows } = await database.query<{ schema: string }>(
        "select source_schema as schema from ops.project where project_name = $1 and configured_source_schema = $2",
        [name, sourceSchema],
    );
    return rows[0]?.schema ?? null;
}
