import type { Queryable } from "./queryable.js";

/**
 * Everything that decides the rows of a model, each with a hash of its definition: `select`, `columns` and `key` are the model's
 * own; `view prep.int_orders` and `function prep.date_key(date)` are what its SELECT reads, through other views and functions too.
 * The rows of a table that it reads are no part of it.
 */
export type Fingerprint = Readonly<Record<string, string>>;

/**
 * `(model_name, fingerprint)` of every registered model, from PostgreSQL's catalog.
 *
 * PostgreSQL prints a view only after it has locked what the view reads. Where somebody holds such a relation exclusively,
 * the fingerprint is the recorded one: a forgotten ALTER TABLE stops the models that read its table, and no other.
 *
 * A function written as text depends on nothing in the catalog: it is taken to read each function of its own schema that it names.
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
        where prokind in ('f', 'w') and nspname <> 'information_schema' and nspname !~ '^pg_'
            and not exists (
                select from pg_catalog.pg_depend
                where classid = 'pg_catalog.pg_proc'::regclass and objid = pg_proc.oid and deptype = 'e'
            )
    ),
    -- What depends directly on what: views and functions alone.
    edge as materialized (
        select distinct coalesce(rule.ev_class, objid) as reader, refclassid as class_id, refobjid as object_id
        from pg_catalog.pg_depend
        left join pg_catalog.pg_rewrite as rule on classid = 'pg_catalog.pg_rewrite'::regclass and rule.oid = objid
        left join pg_catalog.pg_class as read_class
            on refclassid = 'pg_catalog.pg_class'::regclass and read_class.oid = refobjid
        where deptype = 'n'
            and (rule.oid is not null or classid = 'pg_catalog.pg_proc'::regclass)
            and (
                (read_class.relkind in ('v', 'm') and read_class.oid is distinct from rule.ev_class)
                or (refclassid = 'pg_catalog.pg_proc'::regclass and refobjid in (select oid from own_function))
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
                and called.prokind in ('f', 'w')
            where reached.class_id = 'pg_catalog.pg_proc'::regclass and caller.oid = reached.object_id
        ) as read
    ),
    definition as materialized (
        select
            class_id,
            object_id,
            case class_id
                when 'pg_catalog.pg_class'::regclass then format('view %s.%s', read_namespace.nspname, read_class.relname)
                else 'function ' || object_id::regprocedure::text
            end as name,
            is_held,
            md5(case
                when is_held then ''
                when class_id = 'pg_catalog.pg_class'::regclass then pg_catalog.pg_get_viewdef(object_id)
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
 * In what two fingerprints of a model differ, a clause of a sentence: `its SELECT has changed`, or
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
    const read = names.sort().map((name) => name.replace(/^view /, "").replace(/^function /, "the function "));
    const last = read.pop() ?? "";
    return read.length === 0
        ? `${last}, which it reads, has changed`
        : `${read.join(", ")} and ${last}, which it reads, have changed`;
}

/** By the name in a fingerprint, those first that explain the others. */
const ownParts: Readonly<Record<string, string>> = {
    select: "its SELECT has changed",
    columns: "its columns have changed",
    key: "its key has changed",
};

/** Enters the fingerprints of all models in the registry. */
export async function recordFingerprints(database: Queryable): Promise<void> {
    await database.query(
        `update ops.model
        set fingerprint = current.fingerprint
        from (${fingerprintsSql}) as current
        where model.model_name = current.model_name and model.fingerprint <> current.fingerprint`,
    );
}
