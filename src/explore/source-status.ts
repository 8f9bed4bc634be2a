import { quoteIdentifier, quoteQualified } from "../database/identifiers.js";
import type { Queryable, Source } from "../warehouse/registry.js";

/** What stands in the database for a declared source. */
export type SourceStatus =
    | {
          readonly kind: "missing";
          /** Other database schemas with a table of this name. */
          readonly foundIn: readonly string[];
      }
    | {
          readonly kind: "unreadable";
      }
    | {
          readonly kind: "differs";
          /** One sentence part for each column that is missing or of another type. */
          readonly differences: readonly string[];
      }
    | {
          readonly kind: "found";
          readonly rowCount: number;
          /** ISO 8601 without time zone (UTC by convention); null when there are no rows. */
          readonly newest: string | null;
          /** Null when nothing is expected of it, or it has no rows. */
          readonly ageHours: number | null;
          readonly freshness: "fresh" | "stale" | "much too old" | "not watched";
      };

/** Looks at one landing table: is it there, readable, as declared, and fresh? */
export async function loadSourceStatus(database: Queryable, source: Source): Promise<SourceStatus> {
    const qualified = quoteQualified(source.schema, source.name);
    // `to_regclass` would raise an error where the schema may not be used.
    const { rows } = await database.query<{ isReadable: boolean }>(
        `select has_schema_privilege(pg_namespace.oid, 'usage') and has_table_privilege(pg_class.oid, 'select') as "isReadable"
        from pg_class
        join pg_namespace on pg_namespace.oid = relnamespace
        where nspname = $1 and relname = $2 and relkind in ('r', 'v', 'm', 'p', 'f')`,
        [source.schema, source.name],
    );
    if (rows[0] === undefined) {
        return { kind: "missing", foundIn: await findSchemasWith(database, source.name) };
    }
    if (!rows[0].isReadable) {
        return { kind: "unreadable" };
    }
    const differences = await findDifferences(database, qualified, source);
    return differences.length > 0 ? { kind: "differs", differences } : loadFreshness(database, qualified, source);
}

/** Database schemas, other than the system's and stardeck's own, with a table or view of this name. */
export async function findSchemasWith(database: Queryable, name: string): Promise<readonly string[]> {
    const { rows } = await database.query<{ schema: string }>(
        `select nspname as "schema"
        from pg_class
        join pg_namespace on pg_namespace.oid = relnamespace
        where relname = $1
            and relkind in ('r', 'v', 'm', 'p', 'f')
            and nspname not in ('pg_catalog', 'information_schema', 'ops', 'prep', 'warehouse', 'marts')
        order by nspname`,
        [name],
    );
    return rows.map((row) => row.schema);
}

async function findDifferences(database: Queryable, qualified: string, source: Source): Promise<readonly string[]> {
    const { rows } = await database.query<{ name: string; type: string }>(
        `select attname as "name", format_type(atttypid, null) as "type"
        from pg_attribute
        where attrelid = to_regclass($1) and attnum > 0 and not attisdropped`,
        [qualified],
    );
    const actual = new Map(rows.map((row) => [row.name, row.type]));
    return source.columns.flatMap(({ name, type }) => {
        const found = actual.get(name);
        if (found === undefined) {
            return [`column ${name} (${type}) is missing`];
        }
        return found === type ? [] : [`column ${name} is ${found}, expected ${type}`];
    });
}

async function loadFreshness(database: Queryable, qualified: string, source: Source): Promise<SourceStatus> {
    const version = quoteIdentifier(source.versionColumn);
    const { rows } = await database.query<{ rowCount: number; newest: string | null; ageHours: number | null }>(
        `select
            count(*)::float8 as "rowCount",
            to_char(max(${version}), 'YYYY-MM-DD"T"HH24:MI:SS') as "newest",
            round((extract(epoch from (clock_timestamp() at time zone 'UTC') - max(${version})) / 3600)::numeric, 1)::float8 as "ageHours"
        from ${qualified}
        where ${version} is null or isfinite(${version})`,
    );
    const { rowCount = 0, newest = null, ageHours = null } = rows[0] ?? {};
    return { kind: "found", rowCount, newest, ageHours, freshness: judge(source, ageHours) };
}

function judge(source: Source, ageHours: number | null): "fresh" | "stale" | "much too old" | "not watched" {
    if (source.warnAfterHours === null || source.errorAfterHours === null || ageHours === null) {
        return "not watched";
    }
    if (ageHours > source.errorAfterHours) {
        return "much too old";
    }
    return ageHours > source.warnAfterHours ? "stale" : "fresh";
}
