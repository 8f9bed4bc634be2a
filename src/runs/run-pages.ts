import type { Queryable } from "../warehouse/registry.js";
import { buildPastRunsSql, type PastRun } from "./run-history.js";

/** Which runs are asked for. */
export interface RunFilter {
    /** In the number, kind, selection, state or starter, or in the name of a model that changed or failed; empty for all. */
    readonly text: string;
    /** Only runs of this model, and of them only what they did to it. */
    readonly modelName: string | null;
    /** Only runs that did not end well, or in which a data test did not pass. */
    readonly isProblemsOnly: boolean;
}

export const allRuns: RunFilter = { text: "", modelName: null, isProblemsOnly: false };

/** Where a page of runs is to be: at an end, or next to a run that is left out. */
export type RunPlace =
    { readonly kind: "newest" | "oldest" } | { readonly kind: "newerThan" | "olderThan"; readonly runId: string };

export interface RunPage {
    /** The newest first, wherever the page is. */
    readonly runs: readonly PastRun[];
    /** There are more in the direction that was asked for. */
    readonly hasMore: boolean;
}

/** A page of runs by their numbers: as quick at the end of a hundred thousand as at their beginning. */
export async function loadRunPage(
    database: Queryable,
    filter: RunFilter,
    place: RunPlace,
    limit: number,
): Promise<RunPage> {
    const isUpward = place.kind === "oldest" || place.kind === "newerThan";
    const parameters: unknown[] = [filter.text.toLowerCase(), filter.modelName, limit + 1];
    const conditions = [
        ...(filter.text === "" ? ["$1::text is not null"] : [textSql]),
        ...(filter.modelName === null
            ? ["$2::text is null"]
            : ["exists (select from ops.model_run where model_run.run_id = run.run_id and model_name = $2)"]),
        ...(filter.isProblemsOnly ? [problemSql] : []),
    ];
    if ("runId" in place) {
        parameters.push(place.runId);
        conditions.push(`run.run_id ${isUpward ? ">" : "<"} $4::bigint`);
    }
    const runs = `
        select *
        from ops.run
        where ${conditions.join(" and ")}
        order by run_id ${isUpward ? "asc" : "desc"}
        limit $3`;
    const modelSql = filter.modelName === null ? undefined : "$2";
    const { rows } = await database.query<PastRun>(buildPastRunsSql(runs, modelSql), parameters);
    const hasMore = rows.length > limit;
    // The one too many is the farthest in the direction.
    return { runs: hasMore ? (isUpward ? rows.slice(1) : rows.slice(0, limit)) : rows, hasMore };
}

const textSql = `(
    strpos(lower(concat_ws(' ', run.run_id, command, selection, status, started_by)), $1) > 0
    or exists (
        select
        from ops.model_run
        where
            model_run.run_id = run.run_id
            and strpos(lower(model_name), $1) > 0
            and (model_run.status = 'failed' or rows_inserted + rows_updated + rows_deleted > 0)
    )
)`;

const problemSql = `(
    status <> 'ok'
    or exists (select from ops.test_run where test_run.run_id = run.run_id and test_run.status not in ('passed', 'known'))
)`;

/** How many runs there are in all. */
export async function countRuns(database: Queryable): Promise<number> {
    const { rows } = await database.query<{ count: number }>("select count(*)::float8 as count from ops.run");
    return rows[0]?.count ?? 0;
}
