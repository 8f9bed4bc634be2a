import type { Connection } from "../database/connection.js";
import { StardeckError } from "../database/errors.js";
import { loadLastRunIdOrNull, loadWatchedRunOrNull } from "../runs/watch-run.js";
import type { RecordedRun } from "./block-content.js";

/**
 * A run as `ops` has recorded it, with the moments at which its models began and ended.
 *
 * @param wanted a number, `last`, or `incremental`: the newest that recomputed only what was affected, or else the last
 * @throws StardeckError when there is no such run.
 */
export async function loadReplay(connection: Connection, wanted: string): Promise<RecordedRun> {
    const runId = await findRunOrNull(connection, wanted);
    const run = runId === null ? null : await loadWatchedRunOrNull(connection, runId);
    if (run === null) {
        const what = /^\d+$/.test(wanted) ? `run ${wanted}` : "run";
        throw new StardeckError(`There is no ${what} to play yet.`, {
            code: "failed",
            hint: "`stardeck history` lists the runs; `stardeck build` makes one.",
        });
    }
    const { rows } = await connection.query<{ name: string; fromMs: number | null; toMs: number | null }>(
        `select
            model_name as "name",
            extract(epoch from model_run.started_at - run.started_at)::float8 * 1000 as "fromMs",
            extract(epoch from model_run.finished_at - run.started_at)::float8 * 1000 as "toMs"
        from ops.model_run
        join ops.run on run.run_id = model_run.run_id
        where model_run.run_id::text = $1`,
        [run.runId],
    );
    return {
        run,
        spans: new Map(
            rows.map(({ name, fromMs, toMs }) => {
                const end = toMs ?? run.durationMs;
                return [name, { fromMs: fromMs ?? end, toMs: end }];
            }),
        ),
    };
}

async function findRunOrNull(connection: Connection, wanted: string): Promise<string | null> {
    const last = await loadLastRunIdOrNull(connection);
    if (last === null || wanted === "last") {
        return last;
    }
    if (wanted !== "incremental") {
        return wanted;
    }
    const { rows } = await connection.query<{ runId: string }>(
        `select run_id::text as "runId"
        from ops.run
        where status = 'ok' and command = 'build' and exists (
            select from ops.model_run
            where model_run.run_id = run.run_id and scope = 'entities' and rows_inserted + rows_updated + rows_deleted > 0
        )
        order by run_id desc
        limit 1`,
    );
    // A warehouse that was just built has none: its first build is worth seeing too.
    return rows[0]?.runId ?? last;
}
