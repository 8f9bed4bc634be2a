import { StardeckError } from "../config/errors.js";
import { quoteLiteral, quoteQualified } from "../sql/identifiers.js";
import type { Queryable } from "./queryable.js";

/** A dropped view of a model, with everything needed to make it again as it was. */
export interface DroppedView {
    readonly modelName: string;
    readonly schema: string;
    readonly name: string;
    /** As PostgreSQL writes it. */
    readonly select: string;
    /** `with (security_barrier=true)`, or empty. */
    readonly options: string;
    /** Owner, comments, grants, triggers and rules. */
    readonly statements: readonly string[];
}

/**
 * Drops the views of models that read the given columns of a table, directly or through other views, in the open transaction.
 *
 * @returns the views, each after those that it reads
 * @throws StardeckError `failed` if it would have to drop a view that does not belong to a model
 */
export async function dropDependentViews(
    database: Queryable,
    table: { readonly schema: string; readonly name: string },
    columns: readonly string[],
): Promise<readonly DroppedView[]> {
    const relation = quoteQualified(table.schema, table.name);
    const { rows } = await database.query<
        Omit<DroppedView, "modelName"> & { readonly modelName: string | null; readonly kind: string }
    >(dependentViewsSql(relation, columns));
    const others = rows.filter(({ modelName }) => modelName === null);
    if (others.length > 0) {
        const names = others.map(({ kind, schema, name }) => `${kind} ${schema}.${name}`).join(", ");
        throw new StardeckError(
            `${table.schema}.${table.name} cannot change the type of ${columns.join(", ")}: ${names} ${others.length === 1 ? "reads" : "read"} it and would have to be dropped.`,
            { code: "failed", hint: "Drop it, build, and make it again; what was published before is kept." },
        );
    }
    for (const { schema, name } of [...rows].reverse()) {
        await database.query(`drop view ${quoteQualified(schema, name)}`);
    }
    return rows.flatMap((view) => (view.modelName === null ? [] : [{ ...view, modelName: view.modelName }]));
}

/** Makes a dropped view again, from another SELECT if one is given. */
export async function makeViewAgain(database: Queryable, view: DroppedView, select = view.select): Promise<void> {
    const relation = quoteQualified(view.schema, view.name);
    await database.query(`create view ${relation} ${view.options} as\n${select.trim().replace(/;$/, "")}`);
    for (const statement of view.statements) {
        await database.query(statement);
    }
}

/** A view that depends on another relation; `modelName` is null if it does not belong to a model. */
export interface DependentView extends Omit<DroppedView, "modelName"> {
    readonly modelName: string | null;
    readonly kind: "view" | "materialized view";
}

/** A view and all views that read it, directly or not, each after those that it reads; empty if the view does not exist. */
export async function loadViewWithDependents(
    database: Queryable,
    view: { readonly schema: string; readonly name: string },
): Promise<readonly DependentView[]> {
    const relation = quoteLiteral(quoteQualified(view.schema, view.name));
    const { rows } = await database.query<DependentView>(
        viewsSql(`select to_regclass(${relation})::oid as oid, 0 as depth`),
    );
    return rows;
}

/** `with (security_invoker=true)`, or empty. Replacing a view without its options removes them. */
export async function loadViewOptions(
    database: Queryable,
    { schema, name }: { readonly schema: string; readonly name: string },
): Promise<string> {
    const { rows } = await database.query<{ options: string }>(
        `select 'with (' || array_to_string(reloptions, ', ') || ')' as options
        from pg_class
        where oid = to_regclass(${quoteLiteral(quoteQualified(schema, name))}) and reloptions is not null`,
    );
    return rows[0]?.options ?? "";
}

function dependentViewsSql(relation: string, columns: readonly string[]): string {
    return viewsSql(
        `select rule.ev_class as oid, 1 as depth
        from pg_attribute
        join pg_depend as dependency
            on dependency.refclassid = 'pg_class'::regclass
            and dependency.refobjid = attrelid
            and dependency.refobjsubid = attnum
            and dependency.classid = 'pg_rewrite'::regclass
        join pg_rewrite as rule on rule.oid = dependency.objid and rule.ev_class <> attrelid
        where attrelid = ${quoteLiteral(relation)}::regclass and attname in (${columns.map(quoteLiteral).join(", ")})`,
    );
}

/** The relations of a query, and the views that depend on them. */
function viewsSql(relationsSql: string): string {
    return `
        with recursive dependent as (
            ${relationsSql}
            union
            select rule.ev_class, dependent.depth + 1
            from dependent
            join pg_depend as dependency
                on dependency.refclassid = 'pg_class'::regclass
                and dependency.refobjid = dependent.oid
                and dependency.classid = 'pg_rewrite'::regclass
            join pg_rewrite as rule on rule.oid = dependency.objid and rule.ev_class <> dependent.oid
        ),
        view as (
            select
                pg_class.oid,
                max(depth) as depth,
                nspname::text as schema,
                relname::text as name,
                relkind,
                relowner,
                reloptions,
                relacl,
                quote_ident(nspname) || '.' || quote_ident(relname) as qualified
            from dependent
            join pg_class on pg_class.oid = dependent.oid
            join pg_namespace on pg_namespace.oid = relnamespace
            group by pg_class.oid, nspname, relname, relkind, relowner, reloptions, relacl
        )
        select
            model.model_name as "modelName",
            view.schema,
            view.name,
            case view.relkind when 'm' then 'materialized view' else 'view' end as kind,
            case when view.relkind = 'v' then pg_get_viewdef(view.oid) else '' end as select,
            coalesce('with (' || array_to_string(view.reloptions, ', ') || ')', '') as options,
            array(
                -- What default privileges give to a new view was not on this one.
                select format(
                    'do $revoke$ declare privilege record; begin for privilege in select distinct grantee from pg_class '
                        'cross join aclexplode(relacl) where pg_class.oid = %L::regclass and grantee <> relowner loop '
                        'execute ''revoke all on %s from '' || case privilege.grantee when 0 then ''public'' '
                        'else quote_ident(pg_get_userbyid(privilege.grantee)) end; end loop; end $revoke$',
                    qualified, replace(qualified, chr(39), repeat(chr(39), 2))
                )
                union all
                select format('comment on view %s is %L', qualified, obj_description(view.oid, 'pg_class'))
                where obj_description(view.oid, 'pg_class') is not null
                union all
                select format('comment on column %s.%I is %L', qualified, attname, col_description(view.oid, attnum))
                from pg_attribute
                where attrelid = view.oid and attnum > 0 and col_description(view.oid, attnum) is not null
                union all
                select format(
                    'grant %s on %s to %s%s', privilege_type, qualified,
                    case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end,
                    case when is_grantable then ' with grant option' else '' end
                )
                from aclexplode(view.relacl)
                where grantee <> view.relowner
                union all
                select format(
                    'grant %s (%I) on %s to %s%s', privilege_type, attname, qualified,
                    case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end,
                    case when is_grantable then ' with grant option' else '' end
                )
                from pg_attribute
                cross join aclexplode(attacl)
                where attrelid = view.oid and attnum > 0 and grantee <> view.relowner
                union all
                select pg_get_triggerdef(oid) from pg_trigger where tgrelid = view.oid and not tgisinternal
                union all
                select pg_get_ruledef(oid) from pg_rewrite where ev_class = view.oid and rulename <> '_RETURN'
                union all
                select format('alter view %s owner to %I', qualified, pg_get_userbyid(view.relowner))
                where pg_get_userbyid(view.relowner) <> current_user
            ) as statements
        from view
        left join ops.model
            on view.relkind = 'v'
            and view.schema = coalesce(model.select_schema, model.schema_name)
            and view.name = coalesce(model.select_view, model.model_name)
        order by view.depth, view.schema, view.name`;
}
