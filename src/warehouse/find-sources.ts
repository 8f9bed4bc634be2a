import { historySchema } from "../project/source-history.js";
import { freeName, type FoundSource } from "../project/scaffold.js";
import { fitName } from "./names.js";
import { quoteQualified } from "../sql/identifiers.js";
import type { Queryable } from "./queryable.js";

export interface FoundSources {
    readonly sources: readonly FoundSource[];
    /** One sentence for each relation that was left out: why. */
    readonly left: readonly string[];
    /** Every database schema. */
    readonly schemas: readonly string[];
}

/** Usual names of columns that say when a row was changed, the likeliest first. */
const versionColumns = [
    "modified_at",
    "updated_at",
    "last_modified_at",
    "last_updated_at",
    "changed_at",
    "last_modified",
    "last_updated",
    "modified",
    "updated",
    "lastmodified",
    "lastupdated",
    "modifiedat",
    "updatedat",
    "modified_on",
    "updated_on",
];

/**
 * Finds the tables and views of a database that could be sources, with their key, version column and kind from the catalog. Relations
 * of PostgreSQL, of extensions and of stardeck are left out.
 */
export async function findSources(database: Queryable): Promise<FoundSources> {
    const { rows } = await database.query<{
        schema: string;
        name: string;
        relkind: string;
        description: string;
        isReadable: boolean;
        key: readonly string[] | null;
        columns: readonly { readonly name: string; readonly isTime: boolean }[];
    }>(
        `select
            namespace.nspname::text as "schema",
            relation.relname::text as name,
            relation.relkind::text as relkind,
            coalesce(obj_description(relation.oid, 'pg_class'), '') as description,
            has_schema_privilege(namespace.oid, 'usage') and has_any_column_privilege(relation.oid, 'select') as "isReadable",
            (
                select array_agg(attribute.attname::text order by part.position)
                from (
                    select (string_to_array(indkey::text, ' ')::smallint[])[1:indnkeyatts] as key_columns
                    from pg_index
                    where
                        indrelid = relation.oid and indisunique and indisvalid and indpred is null and indexprs is null
                        and not exists (
                            select from pg_attribute
                            where
                                attrelid = relation.oid
                                and attnum = any((string_to_array(indkey::text, ' ')::smallint[])[1:indnkeyatts])
                                and not attnotnull
                        )
                    order by indisprimary desc, indnkeyatts, indexrelid
                    limit 1
                ) as unique_index
                cross join lateral unnest(key_columns) with ordinality as part (attnum, position)
                join pg_attribute as attribute on attribute.attrelid = relation.oid and attribute.attnum = part.attnum
            ) as key,
            coalesce(
                (
                    select
                        json_agg(
                            json_build_object(
                                'name', attname,
                                'isTime', atttypid in ('timestamp'::regtype, 'timestamptz'::regtype, 'date'::regtype)
                            )
                            order by attnum
                        )
                    from pg_attribute
                    where attrelid = relation.oid and attnum > 0 and not attisdropped
                ),
                '[]'
            ) as columns
        from pg_class as relation
        join pg_namespace as namespace on namespace.oid = relation.relnamespace
        where
            relation.relkind in ('r', 'p', 'v', 'm', 'f')
            and not relation.relispartition
            and relation.relpersistence <> 't'
            and namespace.nspname not in ('information_schema', 'ops')
            and namespace.nspname not like 'pg\\_%'
            and not exists (
                select from pg_depend
                where classid = 'pg_class'::regclass and objid = relation.oid and deptype = 'e'
            )
        order by namespace.nspname, relation.relname`,
    );
    const own = await loadOwnRelations(database);
    const { rows: schemas } = await database.query<{ name: string }>(
        "select nspname::text as name from pg_namespace order by nspname",
    );
    const sources: FoundSource[] = [];
    const left: string[] = [];
    for (const row of rows.filter(({ schema, name }) => !own.has(quoteQualified(schema, name)))) {
        if (!row.isReadable) {
            left.push(`${row.schema}.${row.name} may not be read by this role.`);
        } else if (row.columns.length === 0) {
            left.push(`${row.schema}.${row.name} has no columns.`);
        } else {
            const source = describe(row);
            const taken = sources.map(({ name }) => name);
            // If another source already has this name, add the schema to it.
            const name = taken.includes(row.name)
                ? freeName(fitName(`${row.schema}_${row.name}`, ""), taken)
                : row.name;
            sources.push({ ...source, name });
        }
    }
    return { sources, left, schemas: schemas.map(({ name }) => name) };
}

/** The relations that stardeck made, as `"schema"."name"`; empty if this role sees no warehouse. */
async function loadOwnRelations(database: Queryable): Promise<ReadonlySet<string>> {
    const { rows: readable } = await database.query(
        `select from pg_class
        where
            oid in (to_regclass('ops.model'), to_regclass('ops.source'))
            and has_schema_privilege(relnamespace, 'usage') and has_table_privilege(oid, 'select')`,
    );
    if (readable.length < 2) {
        return new Set();
    }
    const { rows } = await database.query<{ schema: string; name: string }>(
        `select schema_name as schema, model_name as name from ops.model
        union all
        select select_schema, select_view from ops.model where select_view is not null
        union all
        select source_schema, source_table from ops.source where kind = 'seed'
        union all
        select $1, source_name from ops.source where keeps_history`,
        [historySchema],
    );
    return new Set(rows.map(({ schema, name }) => quoteQualified(schema, name)));
}

function describe({
    schema,
    name,
    relkind,
    description,
    key,
    columns,
}: {
    readonly schema: string;
    readonly name: string;
    readonly relkind: string;
    readonly description: string;
    readonly key: readonly string[] | null;
    readonly columns: readonly { readonly name: string; readonly isTime: boolean }[];
}): FoundSource {
    const times = columns.filter(({ isTime }) => isTime).map((column) => column.name);
    const versionColumn =
        versionColumns.flatMap((known) => times.find((column) => column.toLowerCase() === known) ?? []).at(0) ?? null;
    const id = columns.find((column) => ["id", `${name}_id`].includes(column.name.toLowerCase()))?.name;
    const isTable = relkind === "r" || relkind === "p";
    // No unique key, but an id and a time of change: an append-only landing table.
    const isLanding = isTable && key === null && id !== undefined && versionColumn !== null;
    return {
        schema,
        name,
        table: name,
        kind: isLanding ? "versions" : isTable ? "table" : "view",
        description,
        key: key ?? [id ?? columns[0]?.name ?? ""],
        isKeyKnown: key !== null || isLanding,
        versionColumn: isTable ? versionColumn : null,
    };
}
