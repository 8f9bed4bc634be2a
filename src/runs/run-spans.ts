import type { Queryable } from "../warehouse/registry.js";

/** When a model began and ended, in milliseconds since its run began. */
export interface ModelSpan {
    readonly fromMs: number;
    readonly toMs: number;
}

/** The span of each model of a run, by name; a model that never ended lasts until the end of the run. */
export async function loadModelSpans(
    database: Queryable,
    run: { readonly runId: string; readonly durationMs: number },
): Promise<ReadonlyMap<string, ModelSpan>> {
    const { rows } = await database.query<{ name: string; fromMs: number | null; toMs: number | null }>(
        `select
            model_name as "name",
            extract(epoch from model_run.started_at - run.started_at)::float8 * 1000 as "fromMs",
            extract(epoch from model_run.finished_at - run.started_at)::float8 * 1000 as "toMs"
        from ops.model_run
        join ops.run on run.run_id = model_run.run_id
        where model_run.run_id::text = $1`,
        [run.runId],
    );
    return new Map(
        rows.map(({ name, fromMs, toMs }) => {
            const end = toMs ?? run.durationMs;
            return [name, { fromMs: fromMs ?? end, toMs: end }];
        }),
    );
}

/** The last build that changed rows by recomputing affected entities only; null when there was none. */
export async function loadLastIncrementalRunIdOrNull(database: Queryable): Promise<string | null> {
    const { rows } = await database.query<{ runId: string }>(
        `select run_id::text as "runId"
        from ops.run
        where status = 'ok' and command = 'build' and exists (
            select 1
            from ops.model_run
            where model_run.run_id = run.run_id and scope = 'entities' and rows_inserted + rows_updated + rows_deleted > 0
        )
        order by run_id desc
        limit 1`,
    );
    return rows[0]?.runId ?? null;
}
