import { medianOrNull } from "../text/median.js";
import type { Queryable } from "../warehouse/registry.js";

/** A build of one model that recomputed rows. */
export interface PastDuration {
    readonly durationMs: number;
    readonly scope: "all" | "entities";
}

/** The last builds of each model, the oldest first; models that were never built are left out. */
export async function loadPastDurations(
    database: Queryable,
    modelNames: readonly string[],
    {
        limit,
        beforeRunId,
    }: {
        /** Maximum number of builds per model. */
        readonly limit: number;
        /** Leaves out this run and those after it. */
        readonly beforeRunId: string | null;
    },
): Promise<ReadonlyMap<string, readonly PastDuration[]>> {
    const { rows } = await database.query<{ modelName: string; durations: readonly PastDuration[] }>(
        `select
            model.name as "modelName",
            jsonb_agg(jsonb_build_object('durationMs', recent.duration_ms, 'scope', recent.scope) order by recent.run_id) as durations
        from unnest($1::text[]) as model (name)
        cross join lateral (
            select run_id, scope, extract(epoch from finished_at - started_at)::float8 * 1000 as duration_ms
            from ops.model_run
            where
                model_run.model_name = model.name
                and status = 'ok'
                and scope in ('all', 'entities')
                and ($2::bigint is null or run_id < $2)
            order by model_run.run_id desc
            limit $3
        ) as recent
        group by model.name`,
        [modelNames, beforeRunId, limit],
    );
    return new Map(rows.map((row) => [row.modelName, row.durations]));
}

/**
 * The median of each model's last five builds that recomputed rows, in milliseconds; models that were never built are left out.
 *
 * @param beforeRunId leaves out this run and those after it
 */
export async function loadTypicalDurationsMs(
    database: Queryable,
    modelNames: readonly string[],
    beforeRunId: string | null = null,
): Promise<ReadonlyMap<string, number>> {
    const past = await loadPastDurations(database, modelNames, { limit: 5, beforeRunId });
    return new Map(
        [...past].flatMap(([name, durations]) => {
            const medianMs = medianOrNull(durations.map(({ durationMs }) => durationMs));
            return medianMs === null ? [] : [[name, medianMs]];
        }),
    );
}
