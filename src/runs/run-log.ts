import type { Connection } from "../database/connection.js";
import type { Queryable } from "../warehouse/registry.js";
import type { ModelRun, RunEnd, TestRun } from "./run.js";

/** How many changed rows of a model are kept per run, before and after. */
const maxKeptChanges = 50;

/** What a data test found, as it is recorded. */
export interface DataTestOutcome {
    readonly result: TestRun;
    /** A sample of the failing rows as JSON text: a surrogate key has more digits than a JavaScript number holds. */
    readonly failingRows: string;
    /** How many failing rows each entity has, as `ops.test_state` keeps it; null where that is not known. */
    readonly failingEntities: string | null;
    readonly startedAt: Date;
}

/** Records the models of a run as queued. */
export async function logQueuedModels(
    database: Queryable,
    runId: string,
    modelNames: readonly string[],
): Promise<void> {
    await database.query(
        `insert into ops.model_run (run_id, model_name, status, position)
        select $1, model.name, 'queued', model.position
        from unnest($2::text[]) with ordinality as model (name, position)`,
        [runId, modelNames],
    );
}

export async function logModelStarted(database: Queryable, runId: string, modelName: string): Promise<void> {
    await database.query(
        "update ops.model_run set status = 'running', started_at = clock_timestamp() where run_id = $1 and model_name = $2",
        [runId, modelName],
    );
}

/** Records the results of models. When called in a model's own transaction, the result commits with the data. */
export async function logModelResults(database: Queryable, runId: string, results: readonly ModelRun[]): Promise<void> {
    await database.query(
        `update ops.model_run as logged
        set
            status = result.status,
            scope = result.scope,
            reason = result.reason,
            entity_count = result.entity_count,
            started_at = coalesce(logged.started_at, clock_timestamp()),
            finished_at = clock_timestamp(),
            rows_inserted = result.inserted,
            rows_updated = result.updated,
            rows_deleted = result.deleted,
            rows_unchanged = result.unchanged,
            message = result.message
        from jsonb_to_recordset($2::jsonb) as result (
            model_name text, status text, scope text, reason text, entity_count bigint,
            inserted bigint, updated bigint, deleted bigint, unchanged bigint, message text
        )
        where logged.run_id = $1 and logged.model_name = result.model_name`,
        [
            runId,
            JSON.stringify(
                results.map(({ modelName, status, scope, rows, message }) => ({
                    model_name: modelName,
                    status,
                    scope: scope?.kind,
                    reason: scope?.reason,
                    entity_count: scope?.kind === "entities" ? scope.entityCount : null,
                    ...rows,
                    message,
                })),
            ),
        ],
    );
}

/**
 * Keeps a sample of the rows that a model's build has changed.
 *
 * @param changedRows the table that holds them: `operation`, `old_row`, `new_row`
 */
export async function logRowChanges(
    connection: Connection,
    runId: string,
    modelName: string,
    changedRows: string,
): Promise<void> {
    await connection.query(
        `insert into ops.row_change (run_id, model_name, position, operation, old_row, new_row)
        select $1, $2, row_number() over (), operation, to_jsonb(old_row), to_jsonb(new_row)
        from (select * from ${changedRows} limit ${maxKeptChanges}) as kept`,
        [runId, modelName],
    );
}

export async function logTestOutcomes(
    database: Queryable,
    runId: string,
    outcomes: readonly DataTestOutcome[],
): Promise<void> {
    if (outcomes.length === 0) {
        return;
    }
    await database.query(
        `insert into ops.test_run
            (run_id, test_name, model_name, severity, status, failing_count, failing_rows, started_at, finished_at, message)
        select
            $1, test_name, model_name, severity, status, failing_count, failing_rows::jsonb, started_at,
            started_at + duration_ms * interval '1 millisecond', message
        from jsonb_to_recordset($2::jsonb) as outcome (
            test_name text, model_name text, severity text, status text, failing_count bigint, failing_rows text,
            started_at timestamptz, duration_ms double precision, message text
        )
        on conflict (run_id, test_name) do update
        set
            status = excluded.status,
            failing_count = excluded.failing_count,
            failing_rows = excluded.failing_rows,
            started_at = excluded.started_at,
            finished_at = excluded.finished_at,
            message = excluded.message`,
        [
            runId,
            JSON.stringify(
                outcomes.map(({ result, failingRows, startedAt }) => ({
                    test_name: result.testName,
                    model_name: result.modelName,
                    severity: result.severity,
                    status: result.status,
                    failing_count: result.failingCount,
                    failing_rows: failingRows,
                    started_at: startedAt.toISOString(),
                    duration_ms: result.durationMs,
                    message: result.message,
                })),
            ),
        ],
    );
}

export async function logRunFinished(
    database: Queryable,
    runId: string,
    status: RunEnd,
    message: string | null,
): Promise<void> {
    // When a run is stopped, it no longer builds the models that were queued or running.
    await database.query(
        "update ops.model_run set status = 'cancelled', finished_at = clock_timestamp() where run_id = $1 and status in ('queued', 'running')",
        [runId],
    );
    await database.query(
        "update ops.run set status = $2, finished_at = clock_timestamp(), message = $3 where run_id = $1",
        [runId, status, message],
    );
}
