import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageFolder } from "../config/package-folder.js";
import { defaultSourceSchema } from "../config/settings.js";
import { StardeckError } from "../database/errors.js";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../sql/identifiers.js";
import type { Queryable } from "../warehouse/registry.js";
import { landingTables, loadSeedState } from "../seeds/seed-state.js";

/** Database schemas that hold landing tables, the fullest first. */
export async function findLandingSchemas(database: Queryable): Promise<readonly string[]> {
    const { rows } = await database.query<{ schema: string }>(
        `select nspname as "schema"
        from pg_class
        join pg_namespace on pg_namespace.oid = relnamespace
        where relname in (${landingTables.map(quoteLiteral).join(", ")})
            and relkind in ('r', 'v', 'm', 'p', 'f')
            and nspname not in ('pg_catalog', 'information_schema', 'ops')
        group by nspname
        having count(*) >= 3
        order by count(*) desc, nspname`,
    );
    return rows.map((row) => row.schema);
}

/**
 * Makes the demo's schema with empty landing tables, so that models can be made before the first extract; only if the database has no
 * landing tables and no schema of that name. An existing schema, or one with another name, belongs to others.
 *
 * @param mayMake false on a server, unless the user has asked for it; then it makes them only in an empty database
 * @returns true if they were made.
 * @throws StardeckError `failed` if landing tables are missing; it names them.
 */
export async function ensureLandingTables(
    database: Queryable,
    sourceSchema: string,
    mayMake: boolean,
): Promise<boolean> {
    const { rows } = await database.query<{ isThere: boolean; names: readonly string[] }>(
        `select
            exists (select from pg_namespace where nspname = ${quoteLiteral(sourceSchema)}) as "isThere",
            array(
                select relname::text
                from pg_class
                join pg_namespace on pg_namespace.oid = relnamespace
                where nspname = ${quoteLiteral(sourceSchema)} and relkind in ('r', 'v', 'm', 'p', 'f')
            ) as names`,
    );
    const { isThere = false, names = [] } = rows[0] ?? {};
    const missing = landingTables.filter((name) => !names.includes(name));
    if (missing.length < landingTables.length) {
        // The migration that declares them reports missing tables and wrong columns.
        return false;
    }
    const [candidate] = await findLandingSchemas(database);
    if (candidate !== undefined) {
        throw new StardeckError(`The schema "${sourceSchema}" holds no landing tables, but "${candidate}" does.`, {
            code: "failed",
            hint: `Use --source-schema ${candidate}, or set STARDECK_SOURCE_SCHEMA.`,
        });
    }
    if (isThere || sourceSchema !== defaultSourceSchema) {
        const where = isThere ? `holds no landing tables` : "does not exist";
        throw new StardeckError(
            `The schema "${sourceSchema}" ${where}: stardeck reads ${missing.join(", ")} from there, and makes them in no schema of yours.`,
            {
                code: "failed",
                hint: "Let the extract land them; or name an unused schema for the demo: `stardeck seed --source-schema NAME`, then migrate with the same. Nothing was changed.",
            },
        );
    }
    if (!mayMake && (await holdsSomething(database))) {
        throw new StardeckError(
            `The schema "${sourceSchema}" does not exist: stardeck reads ${missing.join(", ")} from there, and among what others have made it makes them only when asked to.`,
            {
                code: "failed",
                hint: "Let the extract land them and name its schema by --source-schema; or, for the demo, run `stardeck seed` first, or `stardeck migrate --landing-tables` for empty ones. Nothing was changed.",
            },
        );
    }
    const sql = await readFile(join(packageFolder, "seeds-sql", "landing-tables.sql"), "utf8");
    // A function, because dollar signs in a replacement string have a special meaning.
    await database.query(sql.replaceAll("{source_schema}", () => quoteIdentifier(sourceSchema)));
    return true;
}

/** Whether the database holds a schema, relation or function outside extensions and `ops`, which a migration makes first. */
async function holdsSomething(database: Queryable): Promise<boolean> {
    const { rowCount } = await database.query(
        `select
        from (
            select 'pg_class'::regclass as catalog, oid, relnamespace as schema from pg_class
            union all
            select 'pg_proc'::regclass, oid, pronamespace from pg_proc
            union all
            select 'pg_namespace'::regclass, oid, oid from pg_namespace
        ) as made
        where oid >= 16384
            and schema not in (select oid from pg_namespace where nspname ~ '^pg_' or nspname = 'ops')
            and not exists (
                select from pg_depend where classid = catalog and objid = made.oid and deptype = 'e'
            )
        limit 1`,
    );
    return rowCount > 0;
}

/** Whether to land the demo: there are no landing tables and no such schema, or stardeck's own demo is incomplete. */
export async function needsDemo(database: Queryable, sourceSchema: string): Promise<boolean> {
    const days = quoteQualified(sourceSchema, "stardeck_seed_day");
    const { rows } = await database.query<{ exists: boolean }>("select to_regclass($1) is not null as exists", [days]);
    if (rows[0]?.exists !== true) {
        const { rowCount } = await database.query("select from pg_namespace where nspname = $1", [sourceSchema]);
        return rowCount === 0 && (await findLandingSchemas(database)).length === 0;
    }
    const state = await loadSeedState(database, sourceSchema);
    return state === null || state.missingDayCount > 0;
}
