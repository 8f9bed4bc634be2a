import { quoteLiteral } from "../sql/identifiers.js";
import { operationsTables, madeSchemasSql } from "./operations-schema.js";
import type { Queryable } from "./queryable.js";
import { loadSqlFiles } from "./sql-file.js";

/**
 * What others have made in the schemas that stardeck made, and what of theirs elsewhere depends on something of stardeck's:
 * `table marts.budget`, `view reports.top_customers`, in the words of PostgreSQL.
 */
export async function findForeignObjects(database: Queryable): Promise<readonly string[]> {
    const { rows: known } = await database.query<{ exists: boolean }>(
        "select to_regclass('ops.model') is not null as exists",
    );
    if (known[0]?.exists !== true) {
        return [];
    }
    const { rows } = await database.query<{ object: string }>(foreignObjectsSql());
    return rows.map(({ object }) => object);
}

function foreignObjectsSql(): string {
    return `
        with own_relation as (
            select pg_class.oid
            from ops.model
            join pg_namespace on nspname in (layer, 'prep')
            join pg_class on relnamespace = pg_namespace.oid
            where (nspname = layer and relname = model_name) or (nspname = 'prep' and relname = select_view)
            union
            select oid
            from pg_class
            where relnamespace = 'ops'::regnamespace and relname in (${listOf(operationsTables)})
        ),
        own as (
            select 'pg_class'::regclass as class_id, oid as object_id from own_relation
            union all
            select 'pg_type'::regclass, pg_type.oid from pg_type join own_relation on own_relation.oid = typrelid
            union all
            select 'pg_proc'::regclass, pg_proc.oid
            from pg_proc
            join pg_namespace on pg_namespace.oid = pronamespace
            where nspname = 'prep' and proname in (${listOf(ownFunctionNames())})
        ),
        -- What depends on what, the rule of a view standing for the view.
        dependency as (
            select
                case when classid = 'pg_rewrite'::regclass then 'pg_class'::regclass else classid end as class_id,
                coalesce(ev_class, objid) as object_id,
                refclassid as needed_class_id,
                refobjid as needed_id,
                deptype
            from pg_depend
            left join pg_rewrite on classid = 'pg_rewrite'::regclass and pg_rewrite.oid = objid
        ),
        foreign_object as (
            select class_id, object_id
            from dependency
            join pg_namespace on needed_class_id = 'pg_namespace'::regclass and pg_namespace.oid = needed_id
            join (${madeSchemasSql}) as made on made.schema = nspname
            union
            select dependency.class_id, dependency.object_id
            from dependency
            join own on own.class_id = needed_class_id and own.object_id = needed_id
            where deptype = 'n'
            union
            select 'pg_trigger'::regclass, pg_trigger.oid
            from pg_trigger
            join own_relation on own_relation.oid = tgrelid
            where not tgisinternal
            union
            select 'pg_policy'::regclass, pg_policy.oid from pg_policy join own_relation on own_relation.oid = polrelid
        )
        select format('%s %s', described.type, described.identity) as object
        from foreign_object
        cross join pg_identify_object(class_id, object_id, 0) as described
        where not exists (
                select from own where own.class_id = foreign_object.class_id and own.object_id = foreign_object.object_id
            )
            -- Constraints and defaults of our own tables, and the sequences of their columns.
            and not exists (
                select from pg_constraint
                join own_relation on own_relation.oid = conrelid
                where class_id = 'pg_constraint'::regclass and pg_constraint.oid = object_id
            )
            and not exists (
                select from pg_attrdef
                join own_relation on own_relation.oid = adrelid
                where class_id = 'pg_attrdef'::regclass and pg_attrdef.oid = object_id
            )
            and not exists (
                select from pg_depend as belongs
                where belongs.classid = class_id
                    and belongs.objid = object_id
                    and belongs.refclassid = 'pg_class'::regclass
                    and class_id = 'pg_class'::regclass
                    and belongs.deptype in ('a', 'i')
            )
            and described.type is not null
        order by object`;
}

function listOf(names: readonly string[]): string {
    return names.map(quoteLiteral).join(", ");
}

function ownFunctionNames(): readonly string[] {
    return loadSqlFiles().flatMap(({ text }) =>
        [...text.matchAll(/^create (?:or replace )?function prep\.(\w+)/gm)].map(([, name]) => name ?? ""),
    );
}
