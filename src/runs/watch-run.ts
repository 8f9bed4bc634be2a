import { ownHolderId } from "../config/process.js";
import type { Database } from "../database/database.js";
import { loadLockHolderOrNull } from "./build-lock-holder.js";
import type { Queryable } from "../warehouse/registry.js";
import {
    lastRunIdSql,
    modelRunColumns,
    problemOrder,
    type ModelRun,
    type RunCommand,
    type RunStatus,
    type TestProblem,
} from "./run.js";

/** A run as recorded in `ops`, small enough to be read every second. */
export interface WatchedRun {
    readonly runId: string;
    readonly command: RunCommand;
    readonly selection: string;
    readonly isFullRefresh: boolean;
    readonly status: RunStatus;
    readonly threads: number;
    /** `user@host pid 123` */
    readonly startedBy: string;
    /** By the server's clock. */
    readonly startedAgoMs: number;
    /** Up to now for a run that has not ended. */
    readonly durationMs: number;
    readonly message: string | null;
    /** In build order. */
    readonly models: readonly WatchedModel[];
}

export interface WatchedModel extends ModelRun {
    /** Since its start, while it runs; null otherwise. */
    readonly elapsedMs: number | null;
    readonly passedTestCount: number;
    readonly problems: readonly TestProblem[];
}

/** The run that another process is executing now; null when there is none, or no warehouse yet. */
export async function loadRunElsewhereOrNull(database: Queryable, kind: Database["kind"]): Promise<string | null> {
    const { rows: known } = await database.query<{ exists: boolean }>(
        "select to_regclass('ops.build_lock') is not null as exists",
    );
    if (known[0]?.exists !== true) {
        return null;
    }
    const holder = await loadLockHolderOrNull(database, kind);
    return holder === null || !holder.isAlive || holder.holderId === ownHolderId ? null : holder.runId;
}

/** The number of the last run; null when there never was one, or no warehouse yet. */
export async function loadLastRunIdOrNull(database: Queryable): Promise<string | null> {
    const { rows: known } = await database.query<{ exists: boolean }>(
        "select to_regclass('ops.run') is not null as exists",
    );
    if (known[0]?.exists !== true) {
        return null;
    }
    const { rows } = await database.query<{ runId: string | null }>(`select ${lastRunIdSql}::text as "runId"`);
    return rows[0]?.runId ?? null;
}

/** Loads the current state of a run; null when no run has this number. */
export async function loadWatchedRunOrNull(database: Queryable, runId: string): Promise<WatchedRun | null> {
    const { rows: runs } = await database.query<Omit<WatchedRun, "models">>(
        `select
            run_id::text as "runId", command, selection, is_full_refresh as "isFullRefresh", status, threads,
            started_by as "startedBy", message,
            extract(epoch from clock_timestamp() - started_at)::float8 * 1000 as "startedAgoMs",
            extract(epoch from coalesce(finished_at, clock_timestamp()) - started_at)::float8 * 1000 as "durationMs"
        from ops.run
        where run_id::text = $1`,
        [runId],
    );
    const [run] = runs;
    if (run === undefined) {
        return null;
    }
    const { rows: models } = await database.query<WatchedModel>(
        `with tests as (
            select
                model_name,
                (count(*) filter (where status = 'passed'))::float8 as passed,
                jsonb_agg(
                    jsonb_build_object(
                        'testName', test_name, 'modelName', model_name, 'status', status,
                        'failingCount', coalesce(failing_count, 0), 'message', message
                    )
                    order by ${problemOrder}, test_name
                ) filter (where status <> 'passed') as problems
            from ops.test_run
            where run_id = $1
            group by model_name
        )
        select
            ${modelRunColumns},
            case when model_run.status = 'running'
                then extract(epoch from clock_timestamp() - model_run.started_at)::float8 * 1000
            end as "elapsedMs",
            coalesce(passed, 0)::float8 as "passedTestCount", coalesce(problems, '[]') as problems
        from ops.model_run
        left join tests on tests.model_name = model_run.model_name
        where run_id = $1
        order by position`,
        [runId],
    );
    return { ...run, models };
}
