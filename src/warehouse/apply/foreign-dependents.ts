import { quoteLiteral } from "../../sql/identifiers.js";
import type { Queryable } from "../queryable.js";

interface RelationName {
    readonly schema: string;
    readonly name: string;
}

/**
 * Objects of others that depend on relations, by `schema.name`: views, foreign keys, policies, triggers, rules, statistics and
 * publications in PostgreSQL's words, and grants as `grant select to bi`. Indexes are left out: they are dropped with their table.
 */
export async function loadForeignDependents(
    database: Queryable,
    relations: readonly RelationName[],
): Promise<ReadonlyMap<string, readonly string[]>> {
    const { rows } = await database.query<{ relation: string; object: string }>(
        `with named as (${relationsSql(relations)}),
        own as (
            select pg_class.oid
            from ops.model
            join pg_class
                on pg_class.relname in (model_name, select_view)
                and pg_class.relnamespace in (to_regnamespace(quote_ident(schema_name)), to_regnamespace(quote_ident(select_schema)))
        )
        select distinct relation, object
        from (
            select relation, format('%s %s', described.type, described.identity) as object
            from named
            join pg_depend on refclassid = 'pg_class'::regclass and refobjid = named.oid and deptype = 'n'
            left join pg_rewrite on classid = 'pg_rewrite'::regclass and pg_rewrite.oid = objid
            cross join pg_identify_object(
                case when pg_rewrite.oid is null then classid else 'pg_class'::regclass end, coalesce(ev_class, objid), 0
            ) as described
            where (pg_rewrite.oid is null or not exists (select from own where own.oid = ev_class))
                and not exists (
                    select from pg_constraint
                    join own on own.oid = conrelid
                    where classid = 'pg_constraint'::regclass and pg_constraint.oid = objid
                )
                and described.type is not null
            union all
            select relation, format('policy %s', polname) from named join pg_policy on polrelid = named.oid
            union all
            select relation, format('trigger %s', tgname) from named join pg_trigger on tgrelid = named.oid and not tgisinternal
            union all
            select relation, format('rule %s', rulename) from named join pg_rewrite on ev_class = named.oid and rulename <> '_RETURN'
            union all
            select relation, format('statistics %s', stxname) from named join pg_statistic_ext on stxrelid = named.oid
            union all
            select relation, format('publication %s', pubname)
            from named
            join pg_publication_rel on prrelid = named.oid
            join pg_publication on pg_publication.oid = prpubid
            union all
            select
                relation,
                format('grant %s to %s', lower(privilege_type), case grantee when 0 then 'public' else pg_get_userbyid(grantee) end)
            from named
            cross join aclexplode(named.relacl)
            where grantee <> named.relowner
        ) as hung
        order by relation, object`,
    );
    return groupRows(rows.map(({ relation, object }) => [relation, object]));
}

/** The models whose SELECT names a column, by `schema.name.column`. */
export async function loadColumnReaders(
    database: Queryable,
    relations: readonly RelationName[],
): Promise<ReadonlyMap<string, readonly string[]>> {
    const { rows } = await database.query<{ column: string; reader: string }>(
        `with named as (${relationsSql(relations)})
        select distinct relation || '.' || attname as column, model_name as reader
        from named
        join pg_depend on refclassid = 'pg_class'::regclass and refobjid = named.oid and refobjsubid > 0
            and classid = 'pg_rewrite'::regclass
        join pg_attribute on attrelid = named.oid and attnum = refobjsubid
        join pg_rewrite on pg_rewrite.oid = objid and ev_class <> named.oid
        join pg_class as view on view.oid = ev_class
        join ops.model
            on view.relname = coalesce(select_view, model_name)
            and view.relnamespace = to_regnamespace(quote_ident(coalesce(select_schema, schema_name)))
        order by 1, 2`,
    );
    return groupRows(rows.map(({ column, reader }) => [column, reader]));
}

function relationsSql(relations: readonly RelationName[]): string {
    const list = relations.map(({ schema, name }) => `(${quoteLiteral(schema)}, ${quoteLiteral(name)})`).join(", ");
    return `select pg_class.oid, relowner, relacl, nspname || '.' || relname as relation
        from (values ${list}) as given (schema_name, relation_name)
        join pg_namespace on nspname = schema_name
        join pg_class on relnamespace = pg_namespace.oid and relname = relation_name`;
}

function groupRows(rows: readonly (readonly [string, string])[]): ReadonlyMap<string, readonly string[]> {
    const groups = new Map<string, string[]>();
    for (const [key, value] of rows) {
        groups.set(key, [...(groups.get(key) ?? []), value]);
    }
    return groups;
}
