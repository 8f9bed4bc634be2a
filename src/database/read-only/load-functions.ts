import type { Connection } from "../connection.js";
import { harmfulStableFunctions, harmlessExtensionFunctions, harmlessVolatileFunctions } from "./harmless-functions.js";

/** A function that may do more than read, as far as the catalog tells. */
export interface SuspectFunction {
    readonly id: number;
    /** Without its schema. */
    readonly name: string;
    /** As people read it: `pg_terminate_backend`, `reporting.notify_all`. */
    readonly title: string;
    /** Its SQL or PL/pgSQL and the defaults of its arguments, which say what it does; null for what cannot be looked into. */
    readonly body: string | null;
}

export interface FunctionsToLoad {
    /** Names that are called. */
    readonly calls: Iterable<string>;
    /** Names that may be called as `row.name`. */
    readonly attributes: Iterable<string>;
    /** Object ids in `pg_proc`. */
    readonly ids: Iterable<number>;
}

/**
 * Of the functions that these may be, in whatever schema, those that are not known to only read: in C and of PostgreSQL itself by their
 * mark and by our lists, in SQL and PL/pgSQL all, in other languages those that are marked for side effects.
 */
export async function loadSuspectFunctions(
    connection: Connection,
    { calls, attributes, ids }: FunctionsToLoad,
): Promise<readonly SuspectFunction[]> {
    const { rows } = await connection.query<SuspectFunction>(makeFunctionsSql(mentioned), [
        harmlessVolatileFunctions,
        harmlessExtensionFunctions,
        harmfulStableFunctions,
        [...calls],
        [...attributes],
        [...ids],
    ]);
    return rows;
}

/** The same, of all functions that cannot be looked into: their `body` is null. */
export async function loadOpaqueSuspects(connection: Connection): Promise<readonly SuspectFunction[]> {
    const { rows } = await connection.query<SuspectFunction>(makeFunctionsSql(opaque), [
        harmlessVolatileFunctions,
        harmlessExtensionFunctions,
        harmfulStableFunctions,
    ]);
    return rows;
}

// Few are VOLATILE: that is asked first, as it costs least.
const opaque = `
    (pg_proc.provolatile = 'v' or pg_proc.proname = any($3::name[]))
    and (pg_proc.oid < 16384 or pg_language.lanname not in ('sql', 'plpgsql'))`;

const mentioned = `
    pg_proc.proname = any($4::name[])
    or (
        pg_proc.proname = any($5::name[])
        and pg_proc.oid >= 16384
        and pg_proc.pronargs >= 1
        and pg_proc.pronargs - pg_proc.pronargdefaults <= 1
    )
    or pg_proc.oid = any($6::oid[])`;

// Object ids below 16384 are PostgreSQL's own: https://www.postgresql.org/docs/current/system-catalog-initial-data.html
const makeFunctionsSql = (which: string): string => `
    with candidate as (
        select
            pg_proc.oid as id,
            pg_proc.proname as name,
            pg_proc.pronamespace as namespace_id,
            pg_proc.prosrc,
            pg_proc.proargdefaults,
            pg_proc.oid < 16384 as is_built_in,
            pg_language.lanname in ('internal', 'c') as is_native,
            pg_language.lanname in ('sql', 'plpgsql') as is_readable,
            pg_proc.provolatile = 'v' as is_volatile
        from pg_proc
        inner join pg_language on pg_language.oid = pg_proc.prolang
        where
            (${which})
            and pg_proc.prokind in ('f', 'w')
            and pg_proc.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
    )

    select
        id as "id",
        name as "name",
        case
            when is_built_in then ''
            else (select nspname from pg_namespace where pg_namespace.oid = namespace_id) || '.'
        end || name as "title",
        case
            when is_readable and not is_built_in
            then concat_ws(' ; ', coalesce(pg_get_function_sqlbody(id), prosrc), pg_get_expr(proargdefaults, 0))
        end as "body"
    from candidate
    where
        case
            when is_built_in or is_native then
                name = any($3::name[])
                or (is_volatile and not name = any(case when is_built_in then $1::name[] else $2::name[] end))
            else is_readable or is_volatile
        end
    order by id`;
