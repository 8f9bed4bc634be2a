import type { Database } from "../database/database.js";
import type { CatalogueRelation } from "../sql/completion.js";
import { kindsByCode, type ReadOptions } from "./relation.js";

/**
 * All tables and views that rows can be read from, ordered by schema and name, with their columns. System relations,
 * partitions (they are part of their table) and relations that the user may not read are left out.
 */
export async function loadCatalogue(database: Database, options: ReadOptions): Promise<readonly CatalogueRelation[]> {
    const visible = await database.withReadOnlyTransaction(
        async (connection) => (await connection.query<{ ids: readonly string[] }>(visibleSql)).rows[0]?.ids ?? [],
        { ...options, roleSettings: ["search_path"] },
    );
    return database.withReadOnlyTransaction(async (connection) => {
        const { rows } = await connection.query<CatalogueRelation>(catalogueSql, [visible]);
        return rows.map((row) => ({ ...row, kind: kindsByCode[row.kind] ?? row.kind }));
    }, options);
}

/** The relations that a person may name without a schema. */
const visibleSql = `
    select pg_catalog.array_agg(pg_class.oid::pg_catalog.text) as "ids"
    from pg_catalog.pg_class
    where pg_catalog.pg_table_is_visible(pg_class.oid)`;

const catalogueSql = `
    select
        pg_namespace.nspname as "schema",
        pg_class.relname as "name",
        pg_class.relkind as "kind",
        pg_class.oid = any($1::oid[]) as "isVisible",
        described.columns as "columns"
    from pg_class
    inner join pg_namespace on pg_namespace.oid = pg_class.relnamespace
    cross join lateral (
        select
            coalesce(
                json_agg(
                    json_build_object(
                        'name', pg_attribute.attname,
                        'typeName', format_type(pg_attribute.atttypid, pg_attribute.atttypmod)
                    )
                    order by pg_attribute.attnum
                ),
                '[]'
            ) as columns
        from pg_attribute
        where
            pg_attribute.attrelid = pg_class.oid
            and pg_attribute.attnum > 0
            and not pg_attribute.attisdropped
            and has_column_privilege(pg_class.oid, pg_attribute.attnum, 'select')
    ) as described
    where
        pg_class.relkind in ('r', 'p', 'v', 'm', 'f')
        and not pg_class.relispartition
        and pg_namespace.nspname !~ '^pg_'
        and pg_namespace.nspname <> 'information_schema'
        and has_schema_privilege(pg_namespace.oid, 'usage')
        and has_any_column_privilege(pg_class.oid, 'select')
    order by pg_namespace.nspname, pg_class.relname`;
