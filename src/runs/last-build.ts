import type { Queryable } from "../warehouse/registry.js";
import type { ModelStatus } from "./run.js";

/** Whether a table model holds published rows, and its status in the last run that touched it. */
export interface LastBuild {
    readonly isBuilt: boolean;
    /** Null when no run has touched it. */
    readonly status: ModelStatus | null;
    readonly runId: string | null;
}

export async function loadLastBuild(database: Queryable, modelName: string): Promise<LastBuild> {
    const { rows } = await database.query<LastBuild>(
        `select
            exists (select 1 from ops.model_state where model_name = $1) as "isBuilt",
            last.status,
            last.run_id::text as "runId"
        from (select 1) as always
        left join lateral (
            select status, run_id from ops.model_run where model_name = $1 order by run_id desc limit 1
        ) as last on true`,
        [modelName],
    );
    return rows[0] ?? { isBuilt: false, status: null, runId: null };
}

/** Whether any run has ended as ok or failed. */
export async function hasEverEnded(database: Queryable): Promise<boolean> {
    const { rows } = await database.query("select 1 from ops.run where status in ('ok', 'failed') limit 1");
    return rows.length > 0;
}
