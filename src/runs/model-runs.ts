import type { Queryable } from "../warehouse/registry.js";
import { modelRunColumns, type ModelEnd, type ModelRun, type RunCommand } from "./run.js";

/** What one run did to a model, and which run it was. */
export interface RunOfModel extends ModelRun {
    readonly runId: string;
    readonly command: RunCommand;
    /** When it ended or, if it has not, began; milliseconds since 1970 by the server's clock. Null if it never began. */
    readonly atMs: number | null;
}

/** The last runs that touched a model, the newest first. */
export async function loadRunsOfModel(
    database: Queryable,
    modelName: string,
    limit: number,
): Promise<readonly RunOfModel[]> {
    const { rows } = await database.query<RunOfModel>(
        `select
            run_id::text as "runId", run.command, ${modelRunColumns},
            extract(epoch from coalesce(model_run.finished_at, model_run.started_at))::float8 * 1000 as "atMs"
        from ops.model_run
        join ops.run using (run_id)
        where model_name = $1
        order by run_id desc
        limit $2`,
        [modelName, limit],
    );
    return rows;
}

/** The last final status of each model, by name. */
export async function loadLastResults(database: Queryable): Promise<ReadonlyMap<string, ModelEnd>> {
    const { rows } = await database.query<{ modelName: string; status: ModelEnd }>(
        `select distinct on (model_name) model_name as "modelName", status
        from ops.model_run
        where status in ('ok', 'failed', 'skipped', 'cancelled')
        order by model_name, run_id desc`,
    );
    return new Map(rows.map((row) => [row.modelName, row.status]));
}
