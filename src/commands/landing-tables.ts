import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageFolder } from "../config/package-folder.js";
import type { Database } from "../database/database.js";
import { StardeckError } from "../database/errors.js";
import { quoteIdentifier, quoteQualified } from "../sql/identifiers.js";
import type { Queryable } from "../warehouse/registry.js";
import { landingTables, loadSeedState } from "../seeds/seed-state.js";

/** Database schemas that hold landing tables, the fullest first. */
export async function findLandingSchemas(database: Queryable): Promise<readonly string[]> {
    const { rows } = await database.query<{ schema: string }>(
        `select nspname as "schema"
        from pg_class
        join pg_namespace on pg_namespace.oid = relnamespace
        where relname = any($1)
            and relkind in ('r', 'v', 'm', 'p', 'f')
            and nspname not in ('pg_catalog', 'information_schema', 'ops', 'prep', 'warehouse', 'marts')
        group by nspname
        having count(*) >= 3
        order by count(*) desc, nspname`,
        [landingTables],
    );
    return rows.map((row) => row.schema);
}

/**
 * Makes empty landing tables where the database has none at all, so that models can be made before the first extract.
 *
 * @returns true when they were made.
 * @throws StardeckError `failed` when they stand in another schema.
 */
export async function ensureLandingTables(database: Database, sourceSchema: string): Promise<boolean> {
    const schemas = await findLandingSchemas(database);
    const { rows } = await database.query<{ hasTables: boolean }>(
        `select exists (
            select from pg_class
            join pg_namespace on pg_namespace.oid = relnamespace
            where nspname = $1 and relname = any($2)
        ) as "hasTables"`,
        [sourceSchema, landingTables],
    );
    if (rows[0]?.hasTables === true) {
        return false;
    }
    const [candidate] = schemas;
    if (candidate !== undefined) {
        throw new StardeckError(`The schema "${sourceSchema}" holds no landing tables, but "${candidate}" does.`, {
            code: "failed",
            hint: `Use --source-schema ${candidate}, or set STARDECK_SOURCE_SCHEMA.`,
        });
    }
    const sql = await readFile(join(packageFolder, "seeds-sql", "landing-tables.sql"), "utf8");
    await database.withTransaction((connection) =>
        // A function, because a replacement text would give a meaning to the dollar signs in a name.
        connection.query(sql.replaceAll("{source_schema}", () => quoteIdentifier(sourceSchema))),
    );
    return true;
}

/** True for a database without landing tables, and for those that stardeck made and in which not all of the demo has landed. */
export async function needsDemo(database: Queryable, sourceSchema: string): Promise<boolean> {
    const days = quoteQualified(sourceSchema, "stardeck_seed_day");
    const { rows } = await database.query<{ exists: boolean }>("select to_regclass($1) is not null as exists", [days]);
    if (rows[0]?.exists !== true) {
        return (await findLandingSchemas(database)).length === 0;
    }
    const state = await loadSeedState(database, sourceSchema);
    return state === null || state.missingDayCount > 0;
}
