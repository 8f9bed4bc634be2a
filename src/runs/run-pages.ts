import type { Queryable } from "../warehouse/registry.js";
import { buildPastRunsSql, type PastRun } from "./run-history.js";

/** Which runs to load. */
export interface RunFilter {
    /** Found in the number, command, selection, status or starter, or in the name of a model that changed or failed; empty for all. */
    readonly text: string;
    /** Only runs of this model, with the counts of this model only. */
    readonly modelName: string | null;
    /** Only runs that did not end well, or in which a data test did not pass. */
    readonly isProblemsOnly: boolean;
}

export const allRuns: RunFilter = { text: "", modelName: null, isProblemsOnly: false };

/** Which page of runs: the first, the last, or the one next to a run (without that run). */
export type RunPlace =
    { readonly kind: "newest" | "oldest" } | { readonly kind: "newerThan" | "olderThan"; readonly runId: string };

export interface RunPage {
    /** The newest first on every page. */
    readonly runs: readonly PastRun[];
    /** Whether more runs follow in the requested direction. */
    readonly hasMore: boolean;
}

/** Loads a page of runs by their numbers, so that the last page of a hundred thousand runs is as quick as the first. */
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
    // Drop the extra run: the farthest one in the requested direction.
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
