import { loadFailingRows } from "../../../runs/failing-rows.js";
import { loadModelWaits, type ModelWait } from "../../../runs/lock-waits.js";
import { loadPastDurations, type PastDuration } from "../../../runs/past-durations.js";
import type { App } from "../../app/app.js";
import { loadRunOrNull } from "../../app/builds/load-run.js";
import type { FailingRowsOfModel } from "./model-details.js";
import { makeResource, type Loaded } from "../../kit/resource.js";
import { isRunning, type RunProgress } from "../../app/builds/run-progress.js";
import { makeStore, type Readable } from "../../terminal/store.js";

/** What the Build screen shows and where it has it from. */
export interface BuildReads {
    readonly changes: readonly Readable<unknown>[];
    /** The run to show; null when there is none, or none yet. */
    readonly run: () => RunProgress | null;
    /** How the read of that run stands, where it is read. */
    readonly reading: () => Loaded<unknown>;
    readonly shownRunId: () => string | null;
    /** Shows the current run, or a past one. */
    readonly showRun: (runId: string | null) => void;
    readonly durationsOf: (modelName: string) => readonly PastDuration[];
    readonly waitOf: (modelName: string) => ModelWait | null;
    readonly failingOf: (modelName: string) => FailingRowsOfModel | null;
    /** Reads the failing rows of a model that has ended, once. */
    readonly needFailing: (modelName: string) => void;
    /** Reads what the run needs that is shown; to be called when it may have changed. */
    readonly sync: () => void;
    /** While the screen is in view: asks each second what running models wait for. */
    readonly watch: () => () => void;
}

const statementTimeoutMs = 5000;
const shownFailingRows = 5;
const shownBuilds = 8;
const maxKept = 100;

export function makeBuildReads(app: App): BuildReads {
    const pastId = makeStore<string | null>(null);
    const past = makeResource((signal) => loadRunOrNull(app, pastId.get(), signal));
    const last = makeResource((signal) => loadRunOrNull(app, null, signal));
    const durations = makeStore<ReadonlyMap<string, readonly PastDuration[]>>(new Map());
    const failing = makeStore<ReadonlyMap<string, FailingRowsOfModel>>(new Map());
    const waits = makeStore<ReadonlyMap<string, ModelWait>>(new Map());
    let durationsKey = "";

    const run = (): RunProgress | null => {
        const current = app.builds.current.get();
        const id = pastId.get();
        if (id === null) {
            return current ?? last.get().value;
        }
        const read = past.get().value;
        // A run that goes on is better followed than read once.
        return current?.runId === id ? current : read?.runId === id ? read : null;
    };
    const failingKey = (modelName: string): string => `${run()?.runId ?? ""} ${modelName}`;

    function sync(): void {
        const shown = run();
        const key = `${shown?.runId ?? ""} ${shown?.modelNames.length ?? 0}`;
        if (shown === null || key === durationsKey) {
            return;
        }
        const { runId, modelNames } = shown;
        if (runId === null) {
            return;
        }
        durationsKey = key;
        app.read((database) =>
            database.withReadOnlyTransaction(
                (connection) => loadPastDurations(connection, modelNames, { limit: shownBuilds, beforeRunId: runId }),
                { statementTimeoutMs },
            ),
        ).then(
            (found) => {
                if (key === durationsKey) {
                    durations.set(found);
                }
            },
            // Only a comparison is missing then.
            () => undefined,
        );
    }

    function setFailing(key: string, loaded: FailingRowsOfModel): void {
        failing.update((known) => new Map([...[...known].slice(-maxKept), [key, loaded]]));
    }

    async function loadWaits(): Promise<void> {
        const shown = run();
        const names = shown === null ? [] : namesOfRunning(shown);
        if (names.length === 0) {
            waits.update((known) => (known.size === 0 ? known : new Map()));
            return;
        }
        try {
            const found = await app.read((database) =>
                database.kind === "server"
                    ? database.withReadOnlyTransaction((connection) => loadModelWaits(connection, names), {
                          statementTimeoutMs,
                      })
                    : Promise.resolve(new Map<string, ModelWait>()),
            );
            waits.update((known) => (known.size === 0 && found.size === 0 ? known : found));
        } catch {
            waits.set(new Map());
        }
    }

    return {
        changes: [app.builds.current, pastId, past, last, durations, failing, waits],
        run,
        reading: () => (pastId.get() === null ? last.get() : past.get()),
        shownRunId: pastId.get,
        showRun: (runId) => {
            pastId.set(runId);
            if (run() === null) {
                void (runId === null ? last : past).load().then(sync);
            }
            sync();
        },
        durationsOf: (modelName) => durations.get().get(modelName) ?? [],
        waitOf: (modelName) => waits.get().get(modelName) ?? null,
        failingOf: (modelName) => failing.get().get(failingKey(modelName)) ?? null,
        needFailing: (modelName) => {
            const key = failingKey(modelName);
            const runId = run()?.runId ?? null;
            if (runId === null || failing.get().has(key)) {
                return;
            }
            setFailing(key, { value: null, error: null, isLoading: true });
            app.read((database) =>
                database.withReadOnlyTransaction(
                    (connection) => loadFailingRows(connection, runId, modelName, shownFailingRows),
                    { statementTimeoutMs },
                ),
            ).then(
                (value) => {
                    setFailing(key, { value, error: null, isLoading: false });
                },
                (error: unknown) => {
                    const failure = error instanceof Error ? error : new Error(String(error));
                    setFailing(key, { value: null, error: failure, isLoading: false });
                },
            );
        },
        sync,
        watch: () => {
            let isAsking = false;
            const timer = setInterval(() => {
                const shown = run();
                if (!isAsking && shown !== null && (isRunning(shown) || waits.get().size > 0)) {
                    isAsking = true;
                    void loadWaits().finally(() => {
                        isAsking = false;
                    });
                }
            }, 1000).unref();
            return () => {
                clearInterval(timer);
            };
        },
    };
}

function namesOfRunning(run: RunProgress): readonly string[] {
    return isRunning(run) ? run.modelNames.filter((name) => run.models.get(name)?.status === "running") : [];
}
