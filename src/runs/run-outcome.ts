import type { Queryable } from "../warehouse/registry.js";
import { modelRunColumns, problemOrder, type ModelRun, type TestProblem } from "./run.js";

/** The summary of a run: what changed, and what went wrong. */
export interface RunOutcome {
    /** Models that failed, were skipped or cancelled, then those with changed rows, the most changed first. */
    readonly models: readonly ModelRun[];
    /** How many such models did not fit into `models`. */
    readonly moreModelCount: number;
    /** Models that were up to date, or in which no row changed. */
    readonly unchangedModelCount: number;
    readonly problems: readonly TestProblem[];
    readonly passedTestCount: number;
}

/** Leaves out the samples of rows, so that it stays quick for a run of a thousand models. */
export async function loadRunOutcome(database: Queryable, runId: string, maxModels: number): Promise<RunOutcome> {
    const { rows: models } = await database.query<ModelRun>(
        `select ${modelRunColumns}
        from ops.model_run
        where run_id = $1 and (status <> 'ok' or rows_inserted + rows_updated + rows_deleted > 0)
        order by
            array_position(array['failed', 'running', 'cancelled', 'skipped', 'queued'], status) nulls last,
            rows_inserted + rows_updated + rows_deleted desc,
            position
        limit $2`,
        [runId, maxModels],
    );
    const { rows: counts } = await database.query<{ models: number; unchanged: number; passed: number }>(
        `select
            (select count(*) from ops.model_run where run_id = $1)::float8 as models,
            (
                select count(*)
                from ops.model_run
                where run_id = $1 and status = 'ok' and coalesce(rows_inserted + rows_updated + rows_deleted, 0) = 0
            )::float8 as unchanged,
            (select count(*) from ops.test_run where run_id = $1 and status = 'passed')::float8 as passed`,
        [runId],
    );
    const { rows: problems } = await database.query<TestProblem>(
        `select
            test_name as "testName", model_name as "modelName", status,
            coalesce(failing_count, 0)::float8 as "failingCount", message
        from ops.test_run
        where run_id = $1 and status <> 'passed'
        order by ${problemOrder}, model_name, test_name
        limit $2`,
        [runId, maxModels],
    );
    const [{ models: modelCount, unchanged, passed } = { models: 0, unchanged: 0, passed: 0 }] = counts;
    return {
        models,
        moreModelCount: modelCount - unchanged - models.length,
        unchangedModelCount: unchanged,
        problems,
        passedTestCount: passed,
    };
}
