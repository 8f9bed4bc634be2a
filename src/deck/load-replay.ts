import type { Connection } from "../database/connection.js";
import { StardeckError } from "../database/errors.js";
import { loadLastIncrementalRunIdOrNull, loadModelSpans } from "../runs/run-spans.js";
import { loadLastRunIdOrNull, loadWatchedRunOrNull } from "../runs/watch-run.js";
import type { RecordedRun } from "./block-content.js";

/**
 * A run from `ops`, with the times at which its models began and ended.
 *
 * @param wanted a number, `last`, or `incremental`: the newest run that recomputed only affected entities, or else the last run
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
    return {
        run,
        spans: await loadModelSpans(connection, run),
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
    // A new warehouse has no incremental run yet: show its first build.
    return (await loadLastIncrementalRunIdOrNull(connection)) ?? last;
}
