import type { Queryable } from "../warehouse/registry.js";
import { applicationNameOf } from "../warehouse/names.js";

/** What the statement that builds a model is waiting for now. */
export interface ModelWait {
    readonly modelName: string;
    /** `Lock`, `IO`, `LWLock`, …: https://www.postgresql.org/docs/current/monitoring-stats.html#WAIT-EVENT-TABLE */
    readonly waitType: string;
    readonly waitEvent: string;
    /** How long it has waited for the lock; null for other waits. */
    readonly waitedMs: number | null;
    /** The relation whose lock it waits for, where it is one. */
    readonly relation: string | null;
    readonly blockers: readonly Blocker[];
}

/** A session that holds a lock that a model waits for. Its statement is left out: it may contain private values. */
export interface Blocker {
    readonly pid: number;
    readonly user: string | null;
    readonly application: string | null;
    /** active, idle in transaction, … */
    readonly state: string | null;
    /** Since its transaction began. */
    readonly transactionMs: number | null;
}

/** The sessions that block the backend `waiting.pid`, as a JSON array; null when none does. */
const blockersSql = `(
    select jsonb_agg(
        jsonb_build_object(
            'pid', blocker.pid,
            'user', blocker.usename,
            'application', nullif(blocker.application_name, ''),
            'state', blocker.state,
            'transactionMs', extract(epoch from clock_timestamp() - blocker.xact_start) * 1000
        )
        order by blocker.xact_start, blocker.pid
    )
    from pg_stat_activity as blocker
    where blocker.pid = any(pg_blocking_pids(waiting.pid))
)`;

/** What running models wait for, on a server; the embedded database has only one backend, so no waits. */
export async function loadModelWaits(
    database: Queryable,
    modelNames: readonly string[],
): Promise<ReadonlyMap<string, ModelWait>> {
    const byApplication = new Map(modelNames.map((name) => [applicationNameOf(name), name]));
    const { rows } = await database.query<Omit<ModelWait, "modelName"> & { application: string }>(
        `select
            waiting.application_name as application,
            waiting.wait_event_type as "waitType",
            waiting.wait_event as "waitEvent",
            extract(epoch from clock_timestamp() - lock.waitstart)::float8 * 1000 as "waitedMs",
            lock.relation::regclass::text as relation,
            coalesce(${blockersSql}, '[]') as blockers
        from pg_stat_activity as waiting
        left join lateral (
            select waitstart, case when database = waiting.datid then relation end as relation
            from pg_locks
            where pg_locks.pid = waiting.pid and not granted
            limit 1
        ) as lock on true
        where
            waiting.datname = current_database()
            and waiting.application_name = any($1)
            and waiting.state = 'active'
            and waiting.wait_event_type is not null
            and waiting.wait_event_type <> 'Client'`,
        [[...byApplication.keys()]],
    );
    return new Map(
        rows.flatMap(({ application, ...wait }) => {
            const modelName = byApplication.get(application);
            return modelName === undefined ? [] : [[modelName, { modelName, ...wait }] as const];
        }),
    );
}

/** What a backend of this process waits for: a lock that others hold. */
export interface LockWait {
    readonly pid: number;
    /** The relation whose lock it waits for, where it is one. */
    readonly relation: string | null;
    readonly blockers: readonly Blocker[];
}

/** What these backends wait for, on a server; those that wait for no lock are left out. */
export async function loadLockWaits(database: Queryable, pids: readonly number[]): Promise<readonly LockWait[]> {
    const { rows } = await database.query<LockWait>(
        `select
            waiting.pid,
            lock.relation::regclass::text as relation,
            ${blockersSql} as blockers
        from unnest($1::int4[]) as waiting (pid)
        join lateral (
            select case when database = (select oid from pg_database where datname = current_database()) then relation end
                as relation
            from pg_locks
            where pg_locks.pid = waiting.pid and not granted and waitstart < clock_timestamp() - interval '900 milliseconds'
            limit 1
        ) as lock on true
        where cardinality(pg_blocking_pids(waiting.pid)) > 0`,
        [pids],
    );
    return rows.map((row) => ({ ...row, blockers: (row.blockers as readonly Blocker[] | null) ?? [] }));
}
