import { StardeckError } from "../database/errors.js";
import { quoteQualified } from "../sql/identifiers.js";
import { modelKey } from "./apply/definitions.js";
import { isSpreadSql, loadSpreadBytes } from "./citus.js";
import type { Model, Queryable } from "./registry.js";

export interface DescribedColumn {
    readonly name: string;
    /** As PostgreSQL writes it: `numeric(12,2)`. */
    readonly type: string;
    readonly isNullable: boolean;
    readonly comment: string | null;
}

/** What the database knows about a model or a source, besides its rows. */
export interface RelationDetails {
    /** In the relation's order. */
    readonly columns: readonly DescribedColumn[];
    /** As `create index` would make them: `btree (order_id)`. */
    readonly indexes: readonly { readonly name: string; readonly definition: string }[];
    /** Size on disk, including indexes; null for relations that are not stored. */
    readonly storedBytes: number | null;
    /** The SELECT of a model as its file had it when it was migrated; null for a source. */
    readonly sql: string | null;
}

/**
 * @param model null for a source
 * @throws StardeckError `failed` when it is not in the database.
 */
export async function loadRelationDetails(
    database: Queryable,
    { schema, name }: { readonly schema: string; readonly name: string },
    model: Model | null,
): Promise<RelationDetails> {
    const { rows } = await database.query<RelationDetails & { readonly isSpread: boolean }>(
        `select
            ${isSpreadSql("pg_class")} as "isSpread",
            (
                select coalesce(
                    jsonb_agg(
                        jsonb_build_object(
                            'name', attname,
                            'type', format_type(atttypid, atttypmod),
                            'isNullable', not attnotnull,
                            'comment', col_description(attrelid, attnum)
                        )
                        order by attnum
                    ),
                    '[]'
                )
                from pg_attribute
                where attrelid = pg_class.oid and attnum > 0 and not attisdropped
            ) as columns,
            (
                select coalesce(
                    jsonb_agg(
                        jsonb_build_object(
                            'name', index_class.relname,
                            'definition', regexp_replace(pg_get_indexdef(indexrelid), '^.* USING ', '')
                        )
                        order by index_class.relname
                    ),
                    '[]'
                )
                from pg_index
                join pg_class as index_class on index_class.oid = indexrelid
                where indrelid = pg_class.oid
            ) as indexes,
            case when relkind in ('r', 'm') then pg_total_relation_size(pg_class.oid)::float8 end as "storedBytes",
            coalesce(
                (
                    select definition ->> 'select'
                    from ops.definition_version
                    where definition_name = $4
                    order by version desc
                    limit 1
                ),
                pg_get_viewdef(to_regclass($3), true)
            ) as sql
        from pg_class
        join pg_namespace on pg_namespace.oid = relnamespace
        where nspname = $1 and relname = $2 and relkind in ('r', 'v', 'm', 'p', 'f')`,
        [schema, name, model === null ? null : selectViewOf(model), model === null ? null : modelKey(model)],
    );
    const [details] = rows;
    if (details === undefined) {
        throw new StardeckError(`${schema}.${name} is not in the database.`, {
            code: "failed",
            hint: "`stardeck debug` shows what is missing.",
        });
    }
    const { isSpread, ...found } = details;
    const storedBytes = isSpread ? await loadSpreadBytes(database, quoteQualified(schema, name)) : found.storedBytes;
    return { ...found, storedBytes, sql: details.sql === null ? null : details.sql.replace(/^\s*\n/, "").trimEnd() };
}

/** The view that holds a model's SELECT, quoted. */
export function selectViewOf(model: Model): string {
    return model.materialisation === "table"
        ? quoteQualified(model.selectSchema, model.selectView)
        : quoteQualified(model.schema, model.name);
}
