import { loadLastRunIdOrNull, loadWatchedRunOrNull } from "../../../runs/watch-run.js";
import type { App } from "../app.js";
import type { RunProgress } from "./run-progress.js";
import { makeWatchedProgress } from "./watched-progress.js";

const statementTimeoutMs = 20_000;

/** The run of this number, or the last one, as it stands in `ops`. */
export async function loadRunOrNull(app: App, runId: string | null, signal: AbortSignal): Promise<RunProgress | null> {
    const run = await app.read(
        (database) =>
            database.withReadOnlyTransaction(
                async (connection) => {
                    const id = runId ?? (await loadLastRunIdOrNull(connection));
                    return id === null ? null : loadWatchedRunOrNull(connection, id);
                },
                { statementTimeoutMs },
            ),
        signal,
    );
    return run === null ? null : makeWatchedProgress(run, app.now());
}
