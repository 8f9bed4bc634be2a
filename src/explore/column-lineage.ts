import { quoteQualified } from "../database/identifiers.js";
import type { Model, Queryable } from "../warehouse/registry.js";

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
    const view =
        model.materialisation === "table"
            ? quoteQualified("prep", model.selectView)
            : quoteQualified(model.layer, model.name);
    const { rows } = await database.query<ReadColumn>(
        `select distinct namespace.nspname as "schema", relation.relname as "relationName", attname as "columnName", attnum
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
        order by 1, 2, attnum`,
        [view],
    );
    return rows;
}
