import type { Model, Queryable } from "./registry.js";
import { selectViewOf } from "./relation-details.js";

/** A column that a model's SELECT reads. */
export interface ReadColumn {
    readonly schema: string;
    readonly relationName: string;
    readonly columnName: string;
}

/**
 * The columns that a model reads, from the dependencies of its view's rewrite rule
 * (`refobjsubid` of https://www.postgresql.org/docs/current/catalog-pg-depend.html is the column's number).
 * PostgreSQL keeps them per view, not per column of its result.
 */
export async function loadReadColumns(database: Queryable, model: Model): Promise<readonly ReadColumn[]> {
    const { rows } = await database.query<ReadColumn>(
        `select namespace.nspname as "schema", relation.relname as "relationName", attname as "columnName"
        from pg_rewrite as rule
        join pg_depend as dependency
            on dependency.classid = 'pg_rewrite'::regclass
            and dependency.objid = rule.oid
            and dependency.refclassid = 'pg_class'::regclass
            and dependency.refobjid <> rule.ev_class
            and dependency.refobjsubid > 0
        join pg_class as relation on relation.oid = dependency.refobjid
        join pg_namespace as namespace on namespace.oid = relation.relnamespace
        join pg_attribute on attrelid = relation.oid and attnum = dependency.refobjsubid
        where rule.ev_class = to_regclass($1)
        group by namespace.nspname, relation.relname, attname, attnum
        order by namespace.nspname, relation.relname, attnum`,
        [selectViewOf(model)],
    );
    return rows;
}

/** A column of a relation, and the models that read it. */
export interface UsedColumn {
    readonly name: string;
    /** As PostgreSQL writes it: `numeric(12,2)`. */
    readonly type: string;
    readonly comment: string | null;
    /** Names of the models whose SELECT names the column; PostgreSQL does not record what they use it for. */
    readonly readers: readonly string[];
}

/** The columns of a table or view in its order, each with the models that read it. */
export async function loadUsedColumns(
    database: Queryable,
    { schema, name }: { readonly schema: string; readonly name: string },
): Promise<readonly UsedColumn[]> {
    const { rows } = await database.query<UsedColumn>(
        `select
            attname::text as name,
            format_type(atttypid, atttypmod) as type,
            col_description(attrelid, attnum) as comment,
            array(
                select distinct model.model_name
                from pg_depend as dependency
                join pg_rewrite as rule on rule.oid = dependency.objid
                join pg_class as view on view.oid = rule.ev_class
                join pg_namespace as namespace on namespace.oid = view.relnamespace
                join ops.model
                    on nspname = coalesce(select_schema, schema_name) and view.relname = coalesce(select_view, model_name)
                where
                    dependency.classid = 'pg_rewrite'::regclass
                    and dependency.refclassid = 'pg_class'::regclass
                    and dependency.refobjid = attrelid
                    and dependency.refobjsubid = attnum
                    and rule.ev_class <> attrelid
                order by model.model_name
            ) as readers
        from pg_attribute
        where attrelid = to_regclass(format('%I.%I', $1::text, $2::text)) and attnum > 0 and not attisdropped
        order by attnum`,
        [schema, name],
    );
    return rows;
}
