import { defaultSourceSchema, type Settings } from "../config/settings.js";
import type { Database } from "../database/database.js";
import { ConnectionError, errorMessage, StatementError } from "../database/errors.js";
import { loadAccess, type Access } from "../warehouse/privileges.js";
import { loadRunOrNull } from "../runs/run-history.js";
import { describeChangeFinding } from "../warehouse/source-kind.js";
import { loadSourceStatus, type SourceStatus } from "../warehouse/source-status.js";
import { loadSeedState } from "../seeds/seed-state.js";
import { loadMigrationStatus } from "../warehouse/migrations.js";
import { loadRegistry, type Registry, type Source } from "../warehouse/registry.js";
import { formatCount, formatDuration, formatQuantity } from "../text/format-values.js";
import { isCluster } from "../warehouse/citus.js";
import { failed, ok, warning, type Check } from "./check.js";
import { loadClusterChecks } from "./cluster-checks.js";
import { loadProject, loadSourceSchema } from "./load-project.js";
import { findLandingSchemas } from "./landing-tables.js";

/** Checks everything that a build needs, from the connection outwards. */
export async function checkDatabase(
    database: Database,
    settings: Settings,
    onCheck: (check: Check) => void,
): Promise<void> {
    const access = await loadAccess(database);
    onCheck(describeConnection(database, access));
    for (const check of [
        describeWriting(database, access, settings.readOnly),
        ...describePrivileges(access, settings.readOnly),
    ]) {
        onCheck(check);
    }
    let sourceSchema = settings.givenSourceSchema ?? defaultSourceSchema;
    await group("migrations", async () => {
        sourceSchema = await loadSourceSchema(settings, database);
        const { completed, pending } = await loadMigrationStatus(database, await loadProject(settings, database));
        onCheck(describeMigrations(completed.length, pending.length));
    });
    const isMigrated = await isRegistered(database);
    await group("cluster", async () => {
        if (await isCluster(database)) {
            const checks = await loadClusterChecks(database, isMigrated ? await loadRegistry(database) : null);
            checks.forEach(onCheck);
        }
    });
    await group("sources", async () => {
        if (isMigrated) {
            const registry = await loadRegistry(database);
            await checkSources(database, sourceSchema, registry, onCheck);
            await checkRowSecurity(database, access, registry, onCheck);
        } else {
            onCheck(describeLandingSchemas(await findLandingSchemas(database), sourceSchema));
        }
    });
    onCheck(await checkSeed(database, sourceSchema));
    if (isMigrated) {
        await group("last run", async () => {
            onCheck(await checkLastRun(database));
        });
    }

    /** If a group throws, it counts as one failed check, and the next groups still run. */
    async function group(name: string, check: () => Promise<void>): Promise<void> {
        try {
            await check();
        } catch (error) {
            if (error instanceof ConnectionError) {
                throw error;
            }
            const hint = error instanceof StatementError && error.sqlState === "42501" ? privilegeHint(access) : "";
            onCheck(failed(name, errorMessage(error), hint));
        }
    }
}

function privilegeHint(access: Access): string {
    return `Ask the owner: grant usage on schema ops, select on all tables in schema ops to ${access.user}.`;
}

/** From the catalog, which every role may read: `to_regclass` would need a privilege on the schema. */
async function isRegistered(database: Database): Promise<boolean> {
    const { rowCount } = await database.query(
        `select from pg_class
        join pg_namespace on pg_namespace.oid = relnamespace
        where nspname = 'ops' and relname = 'source'`,
    );
    return rowCount > 0;
}

function describeConnection(database: Database, access: Access): Check {
    const encryption =
        database.kind === "embedded" ? "in this folder" : access.isEncrypted ? "encrypted" : "not encrypted";
    return ok("connection", `${database.name}, PostgreSQL ${access.version}, as ${access.user}, ${encryption}`);
}

/** Whether the server itself would let this role write. */
function describeWriting(database: Database, access: Access, isReadOnly: boolean): Check {
    const { user, couldWrite } = access;
    if (database.whyNotWritable !== null) {
        const { message, hint = "" } = database.whyNotWritable;
        return isReadOnly ? ok("writing", message) : failed("writing", message, hint);
    }
    const places = [
        ...(couldWrite.inSchemas.length === 0 ? [] : [`in ${couldWrite.inSchemas.join(", ")}`]),
        ...(couldWrite.inNewSchemas ? ["in new schemas"] : []),
    ];
    if (!couldWrite.asSuperuser && places.length === 0) {
        const found = `${user} can only read`;
        return isReadOnly
            ? ok("writing", found)
            : warning("writing", found, "Reading commands work; --read-only leaves out what only a build needs.");
    }
    const found = `${user} could write ${couldWrite.asSuperuser ? "everywhere, as a superuser" : places.join(" and ")}`;
    return isReadOnly && database.kind === "server"
        ? warning("writing", found, 'stardeck alone holds it off; see "A role that can only read" in the README.')
        : ok("writing", found);
}

/** The privileges that a build needs; none if stardeck only reads. */
function describePrivileges(access: Access, isReadOnly: boolean): readonly Check[] {
    if (isReadOnly) {
        return [];
    }
    const grant = `Ask the owner: grant create, temporary on database ${access.databaseName} to ${access.user}.`;
    const needed: readonly Check[] = [
        access.mayCreateSchemas
            ? ok("privilege to create schemas", "granted")
            : failed("privilege to create schemas", "missing", grant),
        access.mayMakeTemporaryTables
            ? ok("privilege to make temporary tables", "granted")
            : failed("privilege to make temporary tables", "missing", grant),
    ];
    const closed = access.closedSchemas.map((schema) =>
        failed(
            `schema ${schema}`,
            `${access.user} may not create in it`,
            `Ask its owner: grant usage, create on schema ${schema} to ${access.user}.`,
        ),
    );
    return [...needed, ...closed];
}

function describeMigrations(completedCount: number, pendingCount: number): Check {
    return pendingCount === 0
        ? ok("migrations", `all ${completedCount} completed`)
        : warning(
              "migrations",
              `${pendingCount} of ${completedCount + pendingCount} pending`,
              "Run `stardeck migrate`.",
          );
}

function describeLandingSchemas(schemas: readonly string[], sourceSchema: string): Check {
    const name = `landing tables in ${sourceSchema}`;
    if (schemas.includes(sourceSchema)) {
        return ok(name, "found; `stardeck migrate` declares them, then each is checked here");
    }
    const [candidate] = schemas;
    return candidate === undefined
        ? warning(
              name,
              "none, nor in any other schema",
              "`stardeck seed` makes demo data; or let the extract land its tables.",
          )
        : failed(name, `none; found in ${schemas.join(", ")}`, `Use --source-schema ${candidate}.`);
}

async function checkSources(
    database: Database,
    sourceSchema: string,
    { sources, damages }: Registry,
    onCheck: (check: Check) => void,
): Promise<void> {
    const declaredIn = [...new Set(sources.map((source) => source.schema))];
    if (declaredIn.length > 0 && !declaredIn.includes(sourceSchema)) {
        onCheck(
            warning(
                "source schema",
                `the models of this database read ${declaredIn.join(", ")}, not ${sourceSchema}`,
                `Use --source-schema ${declaredIn[0] ?? ""}, or move the models: \`stardeck migrate --rollback --all\`, then \`stardeck migrate\`.`,
            ),
        );
    }
    for (const source of sources) {
        const name = `source ${source.schema}.${source.table}`;
        try {
            onCheck(describeSource(name, source, await loadSourceStatus(database, source)));
        } catch (error) {
            if (error instanceof ConnectionError) {
                throw error;
            }
            const hint = error instanceof StatementError ? error.hint : undefined;
            onCheck(
                failed(name, errorMessage(error), hint ?? "Correct the landing table, or the extract that fills it."),
            );
        }
    }
    for (const { modelName, problem } of damages) {
        onCheck(
            failed(
                `model ${modelName}`,
                problem,
                "Put what it reads in its place as it is declared: the next build binds the view to it.",
            ),
        );
    }
}

/** One failed check for each table whose policies hide rows from this role: builds refuse to read only a part. */
async function checkRowSecurity(
    database: Database,
    access: Access,
    { sources, layers }: Registry,
    onCheck: (check: Check) => void,
): Promise<void> {
    const { rows } = await database.query<{ schema: string; name: string }>(
        `select nspname as "schema", relname as "name"
        from pg_class
        join pg_namespace on pg_namespace.oid = relnamespace
        where
            (
                nspname = any($1::text[])
                or exists (
                    select
                    from unnest($2::text[], $3::text[]) as source (schema, name)
                    where source.schema = nspname and source.name = relname
                )
            )
            and relrowsecurity
            and row_security_active(pg_class.oid)
        order by 1, 2`,
        [layers.map(({ schema }) => schema), sources.map(({ schema }) => schema), sources.map(({ table }) => table)],
    );
    for (const { schema, name } of rows) {
        onCheck(
            failed(
                `row-level security of ${schema}.${name}`,
                `hides rows from ${access.user}, so what reads it is refused`,
                `Ask an administrator: alter role ${access.user} bypassrls; or let the owner of the table build.`,
            ),
        );
    }
}

function describeSource(name: string, source: Source, status: SourceStatus): Check {
    switch (status.kind) {
        case "missing":
            return failed(
                name,
                status.foundIn.length === 0 ? "not found" : `not found, but in ${status.foundIn.join(", ")}`,
                status.foundIn[0] === undefined
                    ? "Let the extract land it, or `stardeck seed` a demo."
                    : `Models read the schema that they were migrated with: --source-schema ${status.foundIn[0]} with \`stardeck migrate\`.`,
            );
        case "unreadable":
            return failed(
                name,
                "may not be read",
                `Ask its owner: grant usage on schema ${source.schema}, select on ${source.schema}.${source.table}.`,
            );
        case "differs":
            return failed(
                name,
                status.differences.join("; "),
                "Correct the landing table, or the extract that makes it.",
            );
        case "found": {
            const rows = formatQuantity(status.rowCount, "row");
            const newest = status.newest === null ? "" : `, newest ${status.newest.replace("T", " ")}`;
            const how = source.kind === "versions" ? "" : `; kind ${source.kind}: ${describeChangeFinding(source)}`;
            const found = `columns as expected, ${rows}${newest}, ${status.freshness}${how}`;
            return status.freshness === "stale" || status.freshness === "much too old"
                ? warning(
                      name,
                      `${found}: ${formatCount(Math.round(status.ageHours ?? 0))} hours old, expected within ${source.warnAfterHours ?? 0}`,
                      "Check whether the extract ran.",
                  )
                : ok(name, found);
        }
    }
}

async function checkSeed(database: Database, sourceSchema: string): Promise<Check> {
    try {
        const state = await loadSeedState(database, sourceSchema);
        return state === null
            ? ok("demo data", "none")
            : ok(
                  "demo data",
                  `${formatQuantity(state.dayCount, "day")} through ${state.lastDay}, scale ${state.scale}`,
              );
    } catch {
        // This is normal on a server: stardeck did not make the landing tables.
        return ok("demo data", `none: the tables in ${sourceSchema} are not stardeck's`);
    }
}

async function checkLastRun(database: Database): Promise<Check> {
    const run = await loadRunOrNull(database, "last");
    if (run === null) {
        return warning("last run", "none", "Run `stardeck build`.");
    }
    const found = `${run.command} ${run.runId} ${run.status}, ${run.startedAt}, ${formatDuration(run.durationMs)}`;
    return run.status === "ok" || run.status === "running"
        ? ok("last run", found)
        : warning("last run", found, `\`stardeck history ${run.runId}\` says why; \`stardeck retry\` takes it up.`);
}
