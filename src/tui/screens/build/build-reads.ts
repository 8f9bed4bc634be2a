import { loadFailingRows, type FailingRows } from "../../../runs/failing-rows.js";
import { loadModelWaits, type ModelWait } from "../../../runs/lock-waits.js";
import { loadPastDurations, type PastDuration } from "../../../runs/past-durations.js";
import type { App } from "../../app/app.js";
import { loadRunOrNull } from "../../app/builds/load-run.js";
import type { FailingRowsOfModel } from "./model-details.js";
import { makeKeyedLoad, makeLoad, type Loaded } from "../../kit/load.js";
import { isRunning, type RunProgress } from "../../app/builds/run-progress.js";
import { makeStore, type Readable } from "../../terminal/store.js";

/** The run that the Build screen shows, and the reads that it needs. */
export interface BuildReads {
    readonly changes: readonly Readable<unknown>[];
    /** The run to show; null when there is none, or it has not been read yet. */
    readonly run: () => RunProgress | null;
    /** The state of reading that run. */
    readonly reading: () => Loaded<unknown>;
    readonly shownRunId: () => string | null;
    /** Shows the current run, or a past one. */
    readonly showRun: (runId: string | null) => void;
    readonly durationsOf: (modelName: string) => readonly PastDuration[];
    readonly waitOf: (modelName: string) => ModelWait | null;
    readonly failingOf: (modelName: string) => FailingRowsOfModel | null;
    /** Reads the failing rows of models that have ended, once. */
    readonly needFailing: (modelNames: readonly string[]) => void;
    /** Reads what the shown run needs; call it when the run may have changed. */
    readonly sync: () => void;
    /** While the screen is in view: reads each second what running models wait for. The returned function ends all reads. */
    readonly watch: () => () => void;
}

const timeLimitMs = 5000;
const runLimitMs = 20_000;
const shownFailingRows = 5;
const shownBuilds = 8;

export function makeBuildReads(app: App): BuildReads {
    const pastId = makeStore<string | null>(null);
    const past = makeLoad(app, (database, options) => loadRunOrNull(app, database, pastId.get(), options), runLimitMs);
    const last = makeLoad(app, (database, options) => loadRunOrNull(app, database, null, options), runLimitMs);
    const durations = makeLoad(
        app,
        (database, options) => {
            const { runId = null, modelNames = [] } = run() ?? {};
            return database.withReadOnlyTransaction(
                (connection) => loadPastDurations(connection, modelNames, { limit: shownBuilds, beforeRunId: runId }),
                options,
            );
        },
        timeLimitMs,
    );
    const failing = makeKeyedLoad<ReadonlyMap<string, FailingRows>>(
        app,
        (key, database, options) => {
            const [runId = "", modelName = ""] = key.split(" ");
            return database.withReadOnlyTransaction(
                (connection) => loadFailingRows(connection, runId, modelName, shownFailingRows),
                options,
            );
        },
        timeLimitMs,
    );
    const waits = makeLoad<ReadonlyMap<string, ModelWait>>(
        app,
        (database, options) =>
            database.kind === "server"
                ? database.withReadOnlyTransaction(
                      (connection) => loadModelWaits(connection, namesOfRunning(run())),
                      options,
                  )
                : Promise.resolve(new Map()),
        timeLimitMs,
    );
    let durationsKey = "";

    function run(): RunProgress | null {
        const current = app.builds.current.get();
        const id = pastId.get();
        if (id === null) {
            return current ?? last.get().value;
        }
        const read = past.get().value;
        // A run that is followed is newer than what was read once.
        return current?.runId === id ? current : read?.runId === id ? read : null;
    }
    const failingKey = (modelName: string): string => `${run()?.runId ?? ""} ${modelName}`;

    function sync(): void {
        const shown = run();
        if (shown === null) {
            void (pastId.get() === null ? last : past).need();
            return;
        }
        const key = `${shown.runId ?? ""} ${shown.modelNames.length}`;
        if (shown.runId !== null && key !== durationsKey) {
            durationsKey = key;
            durations.outdate();
        }
        void durations.need();
    }

    return {
        changes: [app.builds.current, pastId, past, last, durations, failing, waits],
        run,
        reading: () => (pastId.get() === null ? last.get() : past.get()),
        shownRunId: pastId.get,
        showRun: (runId) => {
            pastId.set(runId);
            last.outdate();
            past.outdate();
            sync();
        },
        durationsOf: (modelName) => durations.get().value?.get(modelName) ?? [],
        waitOf: (modelName) => waits.get().value?.get(modelName) ?? null,
        failingOf: (modelName) => {
            const loaded = failing.of(failingKey(modelName));
            return loaded.isLoading || loaded.value !== null || loaded.error !== null ? loaded : null;
        },
        needFailing: (modelNames) => {
            if (typeof run()?.runId === "string") {
                failing.needAll(modelNames.map(failingKey));
            }
        },
        sync,
        watch: () => {
            const timer = setInterval(() => {
                const hasWaits = (waits.get().value?.size ?? 0) > 0;
                if (!waits.get().isLoading && (namesOfRunning(run()).length > 0 || hasWaits)) {
                    void waits.load();
                }
            }, 1000).unref();
            return () => {
                clearInterval(timer);
                for (const load of [past, last, durations, failing, waits]) {
                    load.cancel();
                }
            };
        },
    };
}

function namesOfRunning(run: RunProgress | null): readonly string[] {
    return run !== null && isRunning(run)
        ? run.modelNames.filter((name) => run.models.get(name)?.status === "running")
        : [];
}
