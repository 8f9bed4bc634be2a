import { quoteLiteral } from "../sql/identifiers.js";
import type { Queryable, Source } from "./registry.js";

/** What keeps models from reading a landing table. */
export type LandingProblem =
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
          /** One clause for each column that is missing or has another type. */
          readonly differences: readonly string[];
      };

/** Checks that a landing table exists, is readable and is as declared; null if so. */
export async function findLandingProblemOrNull(
    database: Queryable,
    source: Pick<Source, "schema" | "table" | "columns">,
): Promise<LandingProblem | null> {
    // From the catalog, because `to_regclass` raises an error if this role may not use the schema.
    const { rows } = await database.query<{ oid: number; isReadable: boolean }>(
        `select
            pg_class.oid,
            has_schema_privilege(pg_namespace.oid, 'usage') and has_table_privilege(pg_class.oid, 'select') as "isReadable"
        from pg_class
        join pg_namespace on pg_namespace.oid = relnamespace
        where nspname = ${quoteLiteral(source.schema)}
            and relname = ${quoteLiteral(source.table)}
            and relkind in ('r', 'v', 'm', 'p', 'f')`,
    );
    const [found] = rows;
    if (found === undefined) {
        return { kind: "missing", foundIn: await findSchemasWith(database, source.table) };
    }
    if (!found.isReadable) {
        return { kind: "unreadable" };
    }
    const differences = await findDifferences(database, found.oid, source.columns);
    return differences.length > 0 ? { kind: "differs", differences } : null;
}

/** Database schemas with a table or view of this name, without those of PostgreSQL and stardeck. */
async function findSchemasWith(database: Queryable, name: string): Promise<readonly string[]> {
    const { rows } = await database.query<{ schema: string }>(
        `select nspname as "schema"
        from pg_class
        join pg_namespace on pg_namespace.oid = relnamespace
        where relname = ${quoteLiteral(name)}
            and relkind in ('r', 'v', 'm', 'p', 'f')
            and nspname not in ('pg_catalog', 'information_schema', 'ops')
            and nspname not in (
                select layer ->> 'schema' from ops.project cross join jsonb_array_elements(layers) as layer
            )
        order by nspname`,
    );
    return rows.map((row) => row.schema);
}

async function findDifferences(
    database: Queryable,
    oid: number,
    columns: Source["columns"],
): Promise<readonly string[]> {
    const { rows } = await database.query<{ name: string; type: string }>(
        `select attname as "name", format_type(atttypid, null) as "type"
        from pg_attribute
        where attrelid = ${String(oid)} and attnum > 0 and not attisdropped`,
    );
    return describeDifferences(columns, rows);
}

/** One clause for each declared column that is missing or has another type. */
export function describeDifferences(
    declared: Source["columns"],
    actual: readonly { readonly name: string; readonly type: string }[],
): readonly string[] {
    const typeOf = new Map(actual.map((column) => [column.name, column.type]));
    return declared.flatMap(({ name, type }) => {
        const found = typeOf.get(name);
        if (found === undefined) {
            return [`column ${name} (${type}) is missing`];
        }
        return isSameType(found, type) ? [] : [`column ${name} is ${found}, expected ${type}`];
    });
}

/** These types count as text, because staging models cast them to it. */
const typesOfText: readonly string[] = ["text", "character varying", "character"];

function isSameType(found: string, declared: string): boolean {
    return found === declared || (declared === "text" && typesOfText.includes(found));
}

/** Completes a sentence that begins with the table's name. */
export function describeLandingProblem(problem: LandingProblem): string {
    switch (problem.kind) {
        case "missing":
            return problem.foundIn.length === 0
                ? "is missing"
                : `is missing, but found in ${problem.foundIn.join(", ")}`;
        case "unreadable":
            return "may not be read";
        case "differs":
            return `is not as declared: ${problem.differences.join("; ")}`;
    }
}
