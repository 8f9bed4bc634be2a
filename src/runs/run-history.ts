import { keepDigitsSql } from "../database/exact-numbers.js";
import type { Queryable } from "../warehouse/registry.js";
import {
    lastRunIdSql,
    modelRunColumns,
    problemOrder,
    testRunColumns,
    type ModelRun,
    type RunCommand,
    type RunStatus,
    type TestRun,
} from "./run.js";

/** One build, run, test or retry. */
export interface PastRun {
    readonly runId: string;
    readonly command: RunCommand;
    readonly selection: string;
    readonly isFullRefresh: boolean;
    readonly status: RunStatus;
    readonly startedBy: string;
    /** ISO 8601, UTC. */
    readonly startedAt: string;
    /** Up to now for a run that is not finished. */
    readonly durationMs: number;
    readonly message: string | null;
    readonly modelCount: number;
    readonly okModelCount: number;
    readonly failedModelCount: number;
    readonly failedTestCount: number;
    readonly warnedTestCount: number;
    readonly rowsInserted: number;
    readonly rowsUpdated: number;
    readonly rowsDeleted: number;
}

/** What one data test of a run found, with a sample of the failing rows. */
export interface RecordedTestRun extends TestRun {
    readonly failingRows: readonly unknown[];
}

/**
 * A SELECT of runs with their counts of models, data tests and changed rows.
 *
 * @param runsSql a SELECT of the rows of `ops.run` to return
 * @param modelSql a model's name as an SQL expression: counts only this model; all models when not given
 */
export function buildPastRunsSql(runsSql: string, modelSql?: string): string {
    const ofModel = modelSql === undefined ? "" : `and model_name = ${modelSql}`;
    return `
select
    run.run_id::text as "runId",
    command,
    selection,
    is_full_refresh as "isFullRefresh",
    run.status,
    started_by as "startedBy",
    to_char(run.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "startedAt",
    extract(epoch from coalesce(run.finished_at, clock_timestamp()) - run.started_at)::float8 * 1000 as "durationMs",
    run.message,
    models."modelCount", models."okModelCount", models."failedModelCount",
    tests."failedTestCount", tests."warnedTestCount",
    models."rowsInserted", models."rowsUpdated", models."rowsDeleted"
from (${runsSql}) as run
cross join lateral (
    select
        count(*)::float8 as "modelCount",
        (count(*) filter (where status = 'ok'))::float8 as "okModelCount",
        (count(*) filter (where status = 'failed'))::float8 as "failedModelCount",
        coalesce(sum(rows_inserted), 0)::float8 as "rowsInserted",
        coalesce(sum(rows_updated), 0)::float8 as "rowsUpdated",
        coalesce(sum(rows_deleted), 0)::float8 as "rowsDeleted"
    from ops.model_run
    where model_run.run_id = run.run_id ${ofModel}
) as models
cross join lateral (
    select
        (count(*) filter (where status in ('failed', 'broken')))::float8 as "failedTestCount",
        (count(*) filter (where status = 'warned'))::float8 as "warnedTestCount"
    from ops.test_run
    where test_run.run_id = run.run_id ${ofModel}
) as tests
order by run.run_id desc`;
}

/** The newest runs first. */
export async function loadRuns(database: Queryable, limit: number): Promise<readonly PastRun[]> {
    const newest = "select * from ops.run order by run_id desc limit $1";
    const { rows } = await database.query<PastRun>(buildPastRunsSql(newest), [limit]);
    return rows;
}

/** Loads one run by its number; `last` means the last run that could change anything. */
export async function loadRunOrNull(database: Queryable, runId: string): Promise<PastRun | null> {
    const condition = runId === "last" ? `run_id = ${lastRunIdSql}` : "run_id::text = $1";
    const runs = `select * from ops.run where ${condition}`;
    const { rows } = await database.query<PastRun>(buildPastRunsSql(runs), runId === "last" ? [] : [runId]);
    return rows[0] ?? null;
}

/** A run's models, in build order. */
export async function loadModelRuns(database: Queryable, runId: string): Promise<readonly ModelRun[]> {
    const { rows } = await database.query<ModelRun>(
        `select ${modelRunColumns}
        from ops.model_run
        where run_id = $1
        order by position`,
        [runId],
    );
    return rows;
}

/** A run's data tests, failures first. */
export async function loadTestRuns(database: Queryable, runId: string): Promise<readonly RecordedTestRun[]> {
    const { rows } = await database.query<RecordedTestRun>(
        `select
            ${testRunColumns},
            (
                select coalesce(jsonb_agg(${keepDigitsSql("kept.row")} order by kept.place), '[]')
                from jsonb_array_elements(failing_rows) with ordinality as kept (row, place)
            ) as "failingRows"
        from ops.test_run
        where run_id = $1
        order by ${problemOrder}, model_name, test_name`,
        [runId],
    );
    return rows;
}

/** What a retry has to build. */
export interface UnfinishedWork {
    /** The command of the last run. */
    readonly command: RunCommand;
    readonly isFullRefresh: boolean;
    /** Models whose last result is not ok. */
    readonly modelNames: readonly string[];
}

/** Null when there never was a run. */
export async function loadUnfinishedWorkOrNull(database: Queryable): Promise<UnfinishedWork | null> {
    const { rows } = await database.query<UnfinishedWork>(
        `select
            command,
            is_full_refresh as "isFullRefresh",
            array(
                select last.model_name
                from (
                    select distinct on (model_name) model_name, status
                    from ops.model_run
                    order by model_name, run_id desc
                ) as last
                where last.status <> 'ok' and exists (select from ops.model where model.model_name = last.model_name)
                order by last.model_name
            ) as "modelNames"
        from ops.run
        where run_id = ${lastRunIdSql}`,
    );
    return rows[0] ?? null;
}

/** Sets the starter of all runs, for the prepared demo. */
export async function renameStarter(database: Queryable, startedBy: string): Promise<void> {
    await database.query("update ops.run set started_by = $1", [startedBy]);
}
