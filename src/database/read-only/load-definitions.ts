import type { Connection } from "../connection.js";

/** A function that is called without standing in the SQL. */
export interface HiddenCall {
    readonly functionId: number;
    /** The name of the relation or domain that stands there instead. */
    readonly root: string;
}

/** Of all these names, the relations and domains that call functions: views, tables with policies, checks of domains. */
export async function loadDefinitionIds(
    connection: Connection,
    names: Iterable<string>,
): Promise<{ readonly relationIds: readonly number[]; readonly domainIds: readonly number[] }> {
    const { rows } = await connection.query<{ id: number; isDomain: boolean }>(
        `select oid as "id", false as "isDomain"
        from pg_class
        where relname = any($1::name[]) and oid >= 16384 and (relkind = 'v' or relrowsecurity)
        union all
        select oid, true
        from pg_type
        where typname = any($1::name[]) and typtype = 'd' and oid >= 16384`,
        [[...names]],
    );
    const idsOf = (isDomain: boolean): readonly number[] =>
        rows.filter((row) => row.isDomain === isDomain).map(({ id }) => id);
    return { relationIds: idsOf(false), domainIds: idsOf(true) };
}

/** What reading these relations and casting to these domains calls, through all views that they stand on. */
export async function loadDefinitionCalls(
    connection: Connection,
    relationIds: readonly number[],
    domainIds: readonly number[],
): Promise<readonly HiddenCall[]> {
    const { rows } = await connection.query<HiddenCall>(definitionCallsSql, [relationIds, domainIds]);
    return rows;
}

// A view, a policy and the check of a domain are stored as trees of nodes, which name functions, operators and relations by their
// object ids. PostgreSQL's own views, with ids below 16384, are taken to only read.
const definitionCallsSql = `
    with recursive relation (id, root) as (
        select pg_class.oid, pg_class.relname
        from pg_class
        where pg_class.oid = any($1::oid[])
        union
        select used.oid, relation.root
        from relation
        inner join pg_class as view on view.oid = relation.id and view.relkind = 'v'
        inner join pg_rewrite on pg_rewrite.ev_class = view.oid and pg_rewrite.ev_type = '1'
        cross join lateral regexp_matches(pg_rewrite.ev_action::text, ':relid (\\d+)', 'g') as found (id)
        inner join pg_class as used on used.oid = found.id[1]::oid and used.oid >= 16384
    ),

    relation_tree (root, tree) as (
        select relation.root, pg_rewrite.ev_action::text
        from relation
        inner join pg_class on pg_class.oid = relation.id and pg_class.relkind = 'v'
        inner join pg_rewrite on pg_rewrite.ev_class = relation.id and pg_rewrite.ev_type = '1'
        union all
        select relation.root, pg_policy.polqual::text
        from relation
        inner join pg_class on pg_class.oid = relation.id and pg_class.relrowsecurity
        inner join pg_policy on pg_policy.polrelid = relation.id
        where pg_policy.polqual is not null
    ),

    domain (id, root) as (
        select pg_type.oid, pg_type.typname
        from pg_type
        where pg_type.oid = any($2::oid[])
        union
        select found.id[1]::oid, relation_tree.root
        from relation_tree
        cross join lateral regexp_matches(relation_tree.tree, ':resulttype (\\d+)', 'g') as found (id)
        union
        select pg_type.typbasetype, domain.root
        from domain
        inner join pg_type on pg_type.oid = domain.id and pg_type.typtype = 'd'
    ),

    tree (root, tree) as (
        select root, tree
        from relation_tree
        union all
        select domain.root, pg_constraint.conbin::text
        from domain
        inner join pg_constraint on pg_constraint.contypid = domain.id
        where pg_constraint.conbin is not null
    )

    select found.id[1]::oid as "functionId", tree.root as "root"
    from tree
    cross join lateral regexp_matches(tree.tree, ':(?:funcid|opfuncid|aggfnoid|winfnoid) (\\d+)', 'g') as found (id)
    union
    select pg_operator.oprcode::oid, tree.root
    from tree
    cross join lateral regexp_matches(tree.tree, ':(?:opno|eqop|sortop) (\\d+)', 'g') as found (id)
    inner join pg_operator on pg_operator.oid = found.id[1]::oid`;

/** A call that stands for itself in no SQL. */
export interface ImplicitCall {
    readonly functionId: number;
    /** An operator, or null for what names lead to. */
    readonly operator: string | null;
    /** Any of these names may lead to it; empty where every statement may. */
    readonly names: readonly string[];
}

/** What operators, aggregates, casts and index support of people's own making call: the same for every statement. */
export async function loadImplicitCalls(connection: Connection): Promise<readonly ImplicitCall[]> {
    const { rows } = await connection.query<ImplicitCall>(implicitCallsSql);
    return rows;
}

// A cast or a comparison needs a value of its type: by the type's name, from a column, or from or for a function.
const implicitCallsSql = `
    with typed (function_id, type_id) as (
        select pg_cast.castfunc, type.id
        from pg_cast
        cross join lateral (values (pg_cast.castsource), (pg_cast.casttarget)) as type (id)
        where pg_cast.castfunc >= 16384
        union
        select pg_amproc.amproc::oid, type.id
        from pg_amproc
        cross join lateral (values (pg_amproc.amproclefttype), (pg_amproc.amprocrighttype)) as type (id)
        where pg_amproc.amproc::oid >= 16384
    ),

    named (function_id, name) as (
        select typed.function_id, by_type.name
        from typed
        cross join lateral (
            select pg_type.typname
            from pg_type
            where pg_type.oid = typed.type_id
            union
            select pg_class.relname
            from pg_attribute
            inner join pg_class on pg_class.oid = pg_attribute.attrelid
            inner join pg_type on pg_type.oid = typed.type_id
            where pg_attribute.atttypid in (pg_type.oid, pg_type.typarray)
            union
            select pg_proc.proname
            from pg_proc
            where pg_proc.prorettype = typed.type_id or typed.type_id = any(pg_proc.proargtypes)
        ) as by_type (name)
        where typed.type_id >= 16384
    )

    select oprcode::oid as "functionId", oprname::text as "operator", array[]::text[] as "names"
    from pg_operator
    where oid >= 16384
    union all
    select distinct part.id, null, array[pg_proc.proname::text]
    from pg_aggregate
    inner join pg_proc on pg_proc.oid = pg_aggregate.aggfnoid
    cross join lateral (
        values
            (aggtransfn::oid), (aggfinalfn::oid), (aggcombinefn::oid), (aggserialfn::oid), (aggdeserialfn::oid),
            (aggmtransfn::oid), (aggminvtransfn::oid), (aggmfinalfn::oid)
    ) as part (id)
    where pg_proc.oid >= 16384 and part.id <> 0
    union all
    select typed.function_id, null, array(select name::text from named where named.function_id = typed.function_id)
    from typed
    group by typed.function_id`;
