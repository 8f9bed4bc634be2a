import type { Queryable } from "../warehouse/registry.js";

/** What one run did to a model. */
export interface RunOfModel {
    readonly runId: string;
    /** build, run, test or retry. */
    readonly command: string;
    /** queued, running, ok, failed, skipped or cancelled. */
    readonly status: string;
    /** all, entities or none. */
    readonly scope: string | null;
    /** Why this scope, or why skipped. */
    readonly reason: string | null;
    readonly entityCount: number | null;
    readonly durationMs: number | null;
    /** When it ended, or began; milliseconds since 1970 by the server's clock. Null if it was never begun. */
    readonly atMs: number | null;
    readonly rowsInserted: number | null;
    readonly rowsUpdated: number | null;
    readonly rowsDeleted: number | null;
    readonly message: string | null;
}

/** The last runs that touched a model, the newest first. */
export async function loadRunsOfModel(
    database: Queryable,
    modelName: string,
    limit: number,
): Promise<readonly RunOfModel[]> {
    const { rows } = await database.query<RunOfModel>(
        `select
            run_id::text as "runId", run.command, model_run.status, scope, reason, entity_count::float8 as "entityCount",
            extract(epoch from model_run.finished_at - model_run.started_at)::float8 * 1000 as "durationMs",
            extract(epoch from coalesce(model_run.finished_at, model_run.started_at))::float8 * 1000 as "atMs",
            rows_inserted::float8 as "rowsInserted", rows_updated::float8 as "rowsUpdated",
            rows_deleted::float8 as "rowsDeleted", model_run.message
        from ops.model_run
        join ops.run using (run_id)
        where model_name = $1
        order by run_id desc
        limit $2`,
        [modelName, limit],
    );
    return rows;
}
