import type { Queryable } from "./queryable.js";

/**
 * Hashes of everything that decides the rows of a model: `select`, `columns` and `key` belong to the model itself; entries such as
 * `view prep.int_orders` and `function prep.date_key(date)` are what its SELECT uses, directly or indirectly: views, functions,
 * aggregates, operators, domains, enum and composite types. The rows of the tables that it reads are not included.
 */
export type Fingerprint = Readonly<Record<string, string>>;

/**
 * `(model_name, fingerprint)` of every registered model, from PostgreSQL's catalog.
 *
 * PostgreSQL locks what a view reads before it prints the view. If another session holds such a relation exclusively, this takes the
 * recorded fingerprint, so that a forgotten ALTER TABLE stops only the models that read its table.
 *
 * The catalog has no dependencies for a function whose body is text: it counts as using every function of its own schema that it names.
 */
export const fingerprintsSql = `
    with recursive held as materialized (
        select distinct unnest(array[locks.relation, rule.ev_class]) as view_id
        from pg_catalog.pg_locks as locks
        left join pg_catalog.pg_depend as dependency
            on dependency.refclassid = 'pg_catalog.pg_class'::regclass
            and dependency.refobjid = locks.relation
            and dependency.classid = 'pg_catalog.pg_rewrite'::regclass
        left join pg_catalog.pg_rewrite as rule on rule.oid = dependency.objid
        where locktype = 'relation'
            and mode = 'AccessExclusiveLock'
            and pid <> pg_backend_pid()
            and database = (select oid from pg_catalog.pg_database where datname = current_database())
    ),
    model_view as materialized (
        select
            model.model_name,
            model.fingerprint as recorded,
            relation.oid,
            md5((select jsonb_agg(jsonb_build_array(planned ->> 'name', planned ->> 'type', planned -> 'notNull') order by position)
                from jsonb_array_elements(model.columns) with ordinality as list (planned, position))::text) as columns_hash,
            md5(array_to_json(model.primary_key)::text) as key_hash
        from ops.model
        join pg_catalog.pg_class as relation
            on relation.relname = coalesce(model.select_view, model.model_name)
            and relation.relnamespace = to_regnamespace(quote_ident(coalesce(model.select_schema, model.schema_name)))
            and relation.relkind = 'v'
    ),
    own_function as materialized (
        select pg_proc.oid
        from pg_catalog.pg_proc
        join pg_catalog.pg_namespace as namespace on namespace.oid = pronamespace
        where prokind in ('f', 'w', 'a') and nspname <> 'information_schema' and nspname !~ '^pg_'
            and not exists (
                select from pg_catalog.pg_depend
                where classid = 'pg_catalog.pg_proc'::regclass and objid = pg_proc.oid and deptype = 'e'
            )
    ),
    own_operator as materialized (
        select pg_operator.oid
        from pg_catalog.pg_operator
        join pg_catalog.pg_namespace as namespace on namespace.oid = oprnamespace
        where nspname <> 'information_schema' and nspname !~ '^pg_'
            and not exists (
                select from pg_catalog.pg_depend
                where classid = 'pg_catalog.pg_operator'::regclass and objid = pg_operator.oid and deptype = 'e'
            )
    ),
    -- Whoever reads an array reads the type of its elements.
    own_type as materialized (
        select named.oid as named_id, type.oid
        from pg_catalog.pg_type as type
        join pg_catalog.pg_namespace as namespace on namespace.oid = typnamespace
        join pg_catalog.pg_type as named on named.oid in (type.oid, type.typarray)
        where nspname <> 'information_schema' and nspname !~ '^pg_'
            and (
                type.typtype in ('d', 'e')
                or exists (select from pg_catalog.pg_class where pg_class.oid = type.typrelid and relkind = 'c')
            )
            and not exists (
                select from pg_catalog.pg_depend
                where classid = 'pg_catalog.pg_type'::regclass and objid = type.oid and deptype = 'e'
            )
    ),
    -- What depends directly on what. The constraints of a domain are the domain's.
    edge as materialized (
        select distinct
            coalesce(rule.ev_class, contypid, objid) as reader,
            refclassid as class_id,
            coalesce(own_type.oid, refobjid) as object_id
        from pg_catalog.pg_depend
        left join pg_catalog.pg_rewrite as rule on classid = 'pg_catalog.pg_rewrite'::regclass and rule.oid = objid
        left join pg_catalog.pg_constraint
            on classid = 'pg_catalog.pg_constraint'::regclass and pg_constraint.oid = objid and contypid <> 0
        left join pg_catalog.pg_class as read_class
            on refclassid = 'pg_catalog.pg_class'::regclass and read_class.oid = refobjid
        left join own_type on refclassid = 'pg_catalog.pg_type'::regclass and named_id = refobjid
        where deptype = 'n'
            and (
                rule.oid is not null
                or contypid is not null
                or classid in ('pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_operator'::regclass, 'pg_catalog.pg_type'::regclass)
            )
            and (
                (read_class.relkind in ('v', 'm') and read_class.oid is distinct from rule.ev_class)
                or (refclassid = 'pg_catalog.pg_proc'::regclass and refobjid in (select oid from own_function))
                or (refclassid = 'pg_catalog.pg_operator'::regclass and refobjid in (select oid from own_operator))
                or own_type.oid is not null
            )
    ),
    reached as (
        select model_view.model_name, edge.class_id, edge.object_id
        from model_view
        join edge on edge.reader = model_view.oid
        union
        select reached.model_name, read.class_id, read.object_id
        from reached
        cross join lateral (
            select edge.class_id, edge.object_id from edge where edge.reader = reached.object_id
            union all
            select reached.class_id, called.oid
            from pg_catalog.pg_proc as caller
            cross join lateral (
                select distinct found[1] as name
                from pg_catalog.regexp_matches(caller.prosrc, '[[:alpha:]_][[:alnum:]_$]*', 'g') as found
            ) as word
            join pg_catalog.pg_proc as called
                on called.proname = word.name
                and called.pronamespace = caller.pronamespace
                and called.oid <> caller.oid
                and called.prokind in ('f', 'w', 'a')
            where reached.class_id = 'pg_catalog.pg_proc'::regclass and caller.oid = reached.object_id
        ) as read
    ),
    definition as materialized (
        select
            class_id,
            object_id,
            case class_id
                when 'pg_catalog.pg_class'::regclass then format('view %s.%s', read_namespace.nspname, read_class.relname)
                when 'pg_catalog.pg_operator'::regclass then 'operator ' || object_id::regoperator::text
                when 'pg_catalog.pg_type'::regclass then 'type ' || object_id::regtype::text
                else case when aggregate.aggfnoid is null then 'function ' else 'aggregate ' end || object_id::regprocedure::text
            end as name,
            is_held,
            md5(case
                when is_held then ''
                when class_id = 'pg_catalog.pg_class'::regclass then pg_catalog.pg_get_viewdef(object_id)
                when class_id = 'pg_catalog.pg_operator'::regclass
                    then (select oprcode::regprocedure::text from pg_catalog.pg_operator where pg_operator.oid = object_id)
                when class_id = 'pg_catalog.pg_type'::regclass then (
                    select jsonb_build_array(
                        pg_catalog.format_type(nullif(typbasetype, 0), typtypmod),
                        typnotnull,
                        pg_catalog.pg_get_expr(typdefaultbin, 0),
                        array(
                            select pg_catalog.pg_get_constraintdef(pg_constraint.oid)
                            from pg_catalog.pg_constraint where contypid = type.oid order by conname
                        ),
                        array(select enumlabel::text from pg_catalog.pg_enum where enumtypid = type.oid order by enumsortorder),
                        array(
                            select format('%I %s', attname, pg_catalog.format_type(atttypid, atttypmod))
                            from pg_catalog.pg_attribute
                            where attrelid = typrelid and typrelid <> 0 and attnum > 0 and not attisdropped
                            order by attnum
                        )
                    )::text
                    from pg_catalog.pg_type as type where type.oid = object_id
                )
                when aggregate.aggfnoid is not null then format(
                    '%s %s %s %s %s %s %s %s', aggkind, aggtransfn, aggfinalfn, aggcombinefn, aggfinalextra, aggtranstype::regtype, agginitval,
                    (select proparallel from pg_catalog.pg_proc where pg_proc.oid = object_id)
                )
                else pg_catalog.pg_get_functiondef(object_id)
            end) as hash
        from (
            select distinct
                class_id,
                object_id,
                class_id = 'pg_catalog.pg_class'::regclass and object_id in (select view_id from held where view_id is not null) as is_held
            from reached
        ) as object
        left join pg_catalog.pg_class as read_class
            on class_id = 'pg_catalog.pg_class'::regclass and read_class.oid = object_id
        left join pg_catalog.pg_namespace as read_namespace on read_namespace.oid = read_class.relnamespace
        left join pg_catalog.pg_aggregate as aggregate
            on class_id = 'pg_catalog.pg_proc'::regclass and aggregate.aggfnoid = object_id
    )
    select
        model_view.model_name,
        case
            when read.is_held or model_view.oid in (select view_id from held where view_id is not null) then recorded
            else jsonb_build_object(
                'select', md5(pg_catalog.pg_get_viewdef(model_view.oid)),
                'columns', model_view.columns_hash,
                'key', model_view.key_hash
            ) || coalesce(read.hashes, '{}')
        end as fingerprint
    from model_view
    left join (
        select model_name, jsonb_object_agg(name, hash) as hashes, bool_or(is_held) as is_held
        from reached
        join definition on definition.class_id = reached.class_id and definition.object_id = reached.object_id
        group by model_name
    ) as read on read.model_name = model_view.model_name`;

/**
 * How two fingerprints of a model differ, as a clause: `its SELECT has changed`, or
 * `prep.int_orders and the function prep.date_key(date), which it reads, have changed`.
 */
export function describeChange(before: Fingerprint, now: Fingerprint): string {
    const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter(
        (name) => before[name] !== now[name],
    );
    const own = Object.entries(ownParts).find(([name]) => names.includes(name));
    if (own !== undefined) {
        return own[1];
    }
    const read = names.sort().map((name) => (name.startsWith("view ") ? name.slice("view ".length) : `the ${name}`));
    const last = read.pop() ?? "";
    return read.length === 0
        ? `${last}, which it reads, has changed`
        : `${read.join(", ")} and ${last}, which it reads, have changed`;
}

/** By the name in a fingerprint; a cause comes before its consequences. */
const ownParts: Readonly<Record<string, string>> = {
    select: "its SELECT has changed",
    columns: "its columns have changed",
    key: "its key has changed",
};

/** Records the current fingerprints of all models in the registry. */
export async function recordFingerprints(database: Queryable): Promise<void> {
    await database.query(
        `update ops.model
        set fingerprint = current.fingerprint
        from (${fingerprintsSql}) as current
        where model.model_name = current.model_name and model.fingerprint <> current.fingerprint`,
    );
}
