import type { Database } from "../../../database/database.js";
import { loadTypicalDurationsMs } from "../../../runs/past-durations.js";
import type { Queryable } from "../../../warehouse/registry.js";
import {
    loadLastRunIdOrNull,
    loadRunElsewhereOrNull,
    loadWatchedRunOrNull,
    type WatchedRun,
} from "../../../runs/watch-run.js";
import { isRunning, type RunProgress } from "./run-progress.js";
import { makeStore, type Readable } from "../../terminal/store.js";
import { makeWatchedProgress } from "./watched-progress.js";

/** The run that another process does on this database, or else the last one that was seen. */
export interface RunFollower extends Readable<RunProgress | null> {
    /** Looks once. Never rejects: after an error the next look reads again. */
    readonly look: () => Promise<void>;
    /** Looks repeatedly until the returned function is called. */
    readonly start: () => () => void;
}

export interface RunFollowerOptions {
    readonly withDatabase: <T>(use: (database: Database) => Promise<T>) => Promise<T>;
    readonly now: () => number;
    /** Whether this process builds: then no other process can. */
    readonly isBusy: () => boolean;
    /** The last run of this process, which is not followed. */
    readonly ownRunId: () => string | null;
    readonly onEnd: (run: RunProgress) => void;
}

const followEveryMs = 1000;
/** The interval while nothing runs: long enough to cost little, short enough to notice a run soon. */
const lookEveryMs = 3000;
const statementTimeoutMs = 5000;

export function makeRunFollower({ withDatabase, now, isBusy, ownRunId, onEnd }: RunFollowerOptions): RunFollower {
    const store = makeStore<RunProgress | null>(null);
    const followed = (): RunProgress | null => {
        const run = store.get();
        return run !== null && isRunning(run) ? run : null;
    };
    let expectedMs: RunProgress["expectedMs"] = null;
    /** The newest run at the last look: a newer one that has already ended ran between two looks. */
    let newestId: string | null | undefined;

    async function look(): Promise<void> {
        if (isBusy()) {
            return;
        }
        const followedId = followed()?.runId ?? null;
        let found: Found;
        try {
            found = await withDatabase((database) => load(database, { followedId, newestId }));
        } catch {
            return;
        }
        if (isBusy()) {
            return;
        }
        ({ newestId } = found);
        if (found.run === null || found.run.runId === ownRunId()) {
            return;
        }
        if (found.expectedMs !== null) {
            ({ expectedMs } = found);
        }
        const run = makeWatchedProgress(found.run, now(), expectedMs);
        if (run.state === "running" && !found.isAlive) {
            store.set({
                ...run,
                state: "crashed",
                endedAtMs: now(),
                message: "The process that ran it is gone; the next build takes over.",
            });
        } else {
            store.set(run);
        }
        if (followed() === null) {
            expectedMs = null;
            onEnd(store.get() ?? run);
        }
    }

    return {
        get: store.get,
        subscribe: store.subscribe,
        look,
        start: () => {
            let timer: NodeJS.Timeout;
            let isStopped = false;
            const again = (): void => {
                timer = setTimeout(
                    () => {
                        void look().then(() => {
                            if (!isStopped) {
                                again();
                            }
                        });
                    },
                    followed() === null ? lookEveryMs : followEveryMs,
                ).unref();
            };
            void look().then(again);
            return () => {
                isStopped = true;
                clearTimeout(timer);
            };
        },
    };
}

interface Found {
    readonly newestId: string | null;
    /** Null when no run is running or new. */
    readonly run: WatchedRun | null;
    /** False when the run's process is gone. */
    readonly isAlive: boolean;
    /** Read once, when the run is first seen. */
    readonly expectedMs: RunProgress["expectedMs"];
}

/** Reads the run that is running; else, for the last time, the followed one; else one that began and ended between two looks. */
function load(
    database: Database,
    known: {
        readonly followedId: string | null;
        /** Undefined at the first look. */
        readonly newestId: string | null | undefined;
    },
): Promise<Found> {
    return database.withReadOnlyTransaction(
        async (connection) => {
            const runningId = await loadRunElsewhereOrNull(connection, database.kind);
            const newestId = await loadLastRunIdOrNull(connection);
            const isNews = known.newestId !== undefined && newestId !== known.newestId;
            const runId = runningId ?? known.followedId ?? (isNews ? newestId : null);
            const run = runId === null ? null : await loadWatchedRunOrNull(connection, runId);
            const isFirst = run?.status === "running" && runId !== known.followedId;
            return {
                newestId,
                run,
                isAlive: runningId !== null,
                expectedMs: isFirst ? await loadExpected(connection, run) : null,
            };
        },
        { statementTimeoutMs },
    );
}

/** Expected durations for all of its models: only the run's process knows which of them have something to do. */
async function loadExpected(
    connection: Queryable,
    { models, command, runId }: WatchedRun,
): Promise<RunProgress["expectedMs"]> {
    if (command === "test") {
        return null;
    }
    const names = models.map(({ modelName }) => modelName);
    return await loadTypicalDurationsMs(connection, names, runId);
}
