import type { Database } from "../../src/database/database.js";

/**
 * What the migrations make, as text that a person can review in a diff: relations with their columns, constraints and indexes,
 * functions, registered sources, models and data tests. The SELECTs stand in migrations/sql. No row of data, nothing that differs between servers.
 */
export async function dumpSchema(database: Database): Promise<string> {
    const sections = [];
    for (const [title, sql] of Object.entries(sectionQueries)) {
        const { rows } = await database.query<{ line: string }>(sql);
        // Sorted here: databases collate differently.
        sections.push([`-- ${title}`, ...rows.map((row) => row.line).sort()].join("\n"));
    }
    return `${sections.join("\n\n")}\n`;
}

const ours = "('ops', 'prep', 'warehouse', 'marts')";

const sectionQueries = {
    relations: `
        select
            case relation.relkind when 'v' then 'view ' else 'table ' end || namespace.nspname || '.' || relation.relname
                || coalesce(' -- ' || obj_description(relation.oid, 'pg_class'), '') || E'\\n'
                || string_agg(
                    '    ' || attribute.attname || ' ' || format_type(attribute.atttypid, attribute.atttypmod)
                        || case when attribute.attnotnull then ' not null' else '' end
                        || case when attribute.attidentity <> '' then ' identity' else '' end
                        || coalesce(' -- ' || col_description(relation.oid, attribute.attnum), ''),
                    E'\\n' order by attribute.attnum
                ) as line
        from pg_class as relation
        join pg_namespace as namespace on namespace.oid = relation.relnamespace
        join pg_attribute as attribute on attribute.attrelid = relation.oid and attribute.attnum > 0 and not attribute.attisdropped
        where namespace.nspname in ${ours} and relation.relkind in ('r', 'v')
        group by relation.oid, namespace.nspname, relation.relname, relation.relkind`,
    // Since PostgreSQL 18 every NOT NULL is a constraint of its own; the columns tell of it already.
    constraints: `
        select namespace.nspname || '.' || relation.relname || ' ' || conname || ': ' || pg_get_constraintdef(pg_constraint.oid) as line
        from pg_constraint
        join pg_class as relation on relation.oid = conrelid
        join pg_namespace as namespace on namespace.oid = relation.relnamespace
        where namespace.nspname in ${ours} and contype <> 'n'`,
    indexes: `select indexdef as line from pg_indexes where schemaname in ${ours}`,
    functions: `
        select format('%s.%s(%s) returns %s', namespace.nspname, proname, pg_get_function_arguments(pg_proc.oid), pg_get_function_result(pg_proc.oid)) as line
        from pg_proc
        join pg_namespace as namespace on namespace.oid = pronamespace
        where namespace.nspname in ${ours}`,
    sources: `
        select format('%s key %s, version %s, fresh within %s/%s h: %s', source_name, key_columns, version_column, warn_after_hours, error_after_hours, columns) as line
        from ops.source`,
    models: `
        select format('%s.%s %s, entity %s, tags %s', layer, model_name, materialisation, entity_key, tags) as line
        from ops.model`,
    mappings: `
        select format('%s from %s: %s', model_name, upstream_name, regexp_replace(coalesce(affected_by, 'whole, ' || whole_reason), '\\s+', ' ', 'g')) as line
        from ops.model_upstream`,
    "data tests": `
        select format('%s %s up to %s:%s', severity, test_name, max_failures, E'\\n    ' || regexp_replace(failing_rows_sql, '\\s+', ' ', 'g')) as line
        from ops.data_test`,
};
