import { isSpreadSql } from "./citus.js";
import { describeDifferences } from "./landing-table.js";
import type { Queryable, Source } from "./registry.js";

/** The state of a declared source in the database, from the catalog alone. */
export interface ListedSource {
    readonly sourceName: string;
    readonly state: "found" | "missing" | "unreadable" | "differs";
    /** One clause for each declared column that is missing or has another type. */
    readonly differences: readonly string[];
    /** PostgreSQL's own estimate; null for views and for tables that were never analysed. */
    readonly estimatedRows: number | null;
}

interface FoundRelation {
    readonly schema: string;
    readonly name: string;
    readonly isReadable: boolean;
    readonly estimatedRows: number | null;
    readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** All sources by name; reads none of their rows. */
export async function loadSourceList(
    database: Queryable,
    sources: readonly Source[],
): Promise<ReadonlyMap<string, ListedSource>> {
    const { rows } = await database.query<FoundRelation>(
        `select
            nspname as "schema", relname as "name",
            has_schema_privilege(pg_namespace.oid, 'usage') and has_table_privilege(pg_class.oid, 'select') as "isReadable",
            case when relkind in ('r', 'p', 'm') and reltuples >= 0 and not ${isSpreadSql("pg_class")} then reltuples::float8 end as "estimatedRows",
            (
                select coalesce(jsonb_agg(jsonb_build_object('name', attname, 'type', format_type(atttypid, null))), '[]')
                from pg_attribute
                where attrelid = pg_class.oid and attnum > 0 and not attisdropped
            ) as columns
        from unnest($1::text[], $2::text[]) as source (schema_name, table_name)
        join pg_namespace on nspname = source.schema_name
        join pg_class on relnamespace = pg_namespace.oid and relname = source.table_name
        where relkind in ('r', 'v', 'm', 'p', 'f')`,
        [sources.map(({ schema }) => schema), sources.map(({ table }) => table)],
    );
    const found = new Map(rows.map((row) => [JSON.stringify([row.schema, row.name]), row]));
    return new Map(
        sources.map((source) => [
            source.name,
            describeSource(source, found.get(JSON.stringify([source.schema, source.table]))),
        ]),
    );
}

function describeSource(source: Source, found: FoundRelation | undefined): ListedSource {
    const sourceName = source.name;
    if (found === undefined) {
        return { sourceName, state: "missing", differences: [], estimatedRows: null };
    }
    const { isReadable, estimatedRows, columns } = found;
    const differences = describeDifferences(source.columns, columns);
    const state = !isReadable ? "unreadable" : differences.length > 0 ? "differs" : "found";
    return { sourceName, state, differences, estimatedRows };
}
