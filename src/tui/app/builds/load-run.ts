import type { ReadOptions } from "../../../browse/relation.js";
import type { Database } from "../../../database/database.js";
import { loadLastRunIdOrNull, loadWatchedRunOrNull } from "../../../runs/watch-run.js";
import type { App } from "../app.js";
import type { RunProgress } from "./run-progress.js";
import { makeWatchedProgress } from "./watched-progress.js";

/** The run with this id, or the last one, read from `ops`. */
export async function loadRunOrNull(
    app: App,
    database: Database,
    runId: string | null,
    options: ReadOptions,
): Promise<RunProgress | null> {
    const run = await database.withReadOnlyTransaction(async (connection) => {
        const id = runId ?? (await loadLastRunIdOrNull(connection));
        return id === null ? null : loadWatchedRunOrNull(connection, id);
    }, options);
    return run === null ? null : makeWatchedProgress(run, app.now());
}
