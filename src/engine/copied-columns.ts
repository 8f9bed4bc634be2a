import type { Connection } from "../database/connection.js";
import { StardeckError } from "../database/errors.js";
import { changeSign } from "../derivation/change-sign.js";
import { quoteIdentifier, quoteQualified } from "../sql/identifiers.js";
import { modelNodesSql } from "../warehouse/lineage.js";
import type { Source } from "../warehouse/registry.js";
import { operatorSchemaSql } from "./target.js";

/** The columns of a source to copy, prepared for SQL. */
export interface CopiedColumns {
    /** The quoted name of the source. */
    readonly relation: string;
    readonly columns: readonly { readonly name: string; readonly type: string }[];
    /** The quoted names of all columns, in order. */
    readonly names: readonly string[];
    /** The quoted key columns, each with the equality operator of its type. */
    readonly key: readonly { readonly name: string; readonly equality: string }[];
    /** A unique index and NOT NULL of the source guarantee the key. */
    readonly isKeyHeld: boolean;
}

/**
 * The columns of a source that models read, and its key.
 *
 * @param isWhole take all columns, because the catalog does not tell which are needed
 * @throws StardeckError `failed` if a column of the key is missing, or if a column has a reserved name
 */
export async function loadCopiedColumns(
    connection: Connection,
    { name, schema, table, keyColumns }: Source,
    isWhole: boolean,
): Promise<CopiedColumns> {
    const { rows } = await connection.query<{
        name: string;
        type: string;
        operatorSchema: string;
        isKeyHeld: boolean;
    }>(
        // A whole-row reference reads all columns. pg_depend does not record that; the rule's tree does, by attribute number 0.
        `with relation as (
            select pg_class.oid
            from pg_class
            join pg_namespace on pg_namespace.oid = relnamespace
            where nspname = $1 and relname = $2
        ),
        read as (
            select distinct dependency.refobjsubid as attnum, rule.ev_action::text like '%:varattno 0 %' as is_whole
            from (${modelNodesSql}) as node
            join pg_rewrite as rule on rule.ev_class = node.view_id
            join pg_depend as dependency
                on dependency.classid = 'pg_rewrite'::regclass
                and dependency.objid = rule.oid
                and dependency.refclassid = 'pg_class'::regclass
            join relation on relation.oid = dependency.refobjid
        )
        select
            attname::text as name,
            format_type(atttypid, atttypmod) as type,
            coalesce(${operatorSchemaSql}, 'pg_catalog') as "operatorSchema",
            exists (
                select
                from pg_index
                where indrelid = relation.oid and indisunique and indisvalid and indpred is null and indexprs is null
                    and (
                        select array_agg(part.attname::text order by part.attname) filter (where part.attnotnull)
                        from pg_attribute as part
                        where part.attrelid = relation.oid
                            and part.attnum = any((string_to_array(indkey::text, ' ')::smallint[])[1:indnkeyatts])
                    ) = (select array_agg(key_column order by key_column) from unnest($3::text[]) as key_column)
            ) as "isKeyHeld"
        from relation
        join pg_attribute as attribute on attribute.attrelid = relation.oid and attnum > 0 and not attisdropped
        where $4 or attname = any($3::text[])
            or exists (select from read where read.is_whole or read.attnum = attribute.attnum)
        order by attnum`,
        [schema, table, keyColumns, isWhole],
    );
    for (const column of keyColumns) {
        if (!rows.some((row) => row.name === column)) {
            throw new StardeckError(`The source ${schema}.${table} has no column "${column}", which its key names.`, {
                code: "failed",
                hint: `Correct the key of the source "${name}", and migrate.`,
            });
        }
    }
    if (rows.some((row) => row.name === changeSign)) {
        throw new StardeckError(
            `The source ${schema}.${table} has a column "${changeSign}", which is what the sign of a change is called.`,
            { code: "failed", hint: "Declare a view of it as the source, where that column has another name." },
        );
    }
    return {
        relation: quoteQualified(schema, table),
        columns: rows.map((row) => ({ name: row.name, type: row.type })),
        names: rows.map((row) => quoteIdentifier(row.name)),
        key: keyColumns.map((column) => ({
            name: quoteIdentifier(column),
            equality: `operator(${rows.find((row) => row.name === column)?.operatorSchema ?? "pg_catalog"}.=)`,
        })),
        isKeyHeld: rows[0]?.isKeyHeld ?? false,
    };
}
