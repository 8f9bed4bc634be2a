import type { BuildEvent, ModelResult, RunSummary } from "../../../engine/events.js";
import type { TestProblem, TestRun } from "../../../runs/run.js";
import { makeQueuedModel, type ModelProgress, type RunProgress } from "./run-progress.js";

/** Keeps the progress of a build from its events. An event replaces one model, so its cost does not depend on their number. */
export interface RunRecorder {
    readonly record: (event: BuildEvent, nowMs: number) => void;
    /** The progress now. Its map of models goes on changing with the next events. */
    readonly progress: () => RunProgress;
    readonly change: (changes: Partial<RunProgress>) => void;
    /** Marks the model as being cancelled. */
    readonly cancelModel: (modelName: string) => void;
    /** For a run that ended without a final event: marks its running and queued models as cancelled. */
    readonly cancelRest: () => void;
}

/** @param run what is known before the first event */
export function makeRunRecorder(
    run: Pick<RunProgress, "command" | "selection" | "isFullRefresh" | "threads" | "startedAtMs" | "expectedMs">,
): RunRecorder {
    const models = new Map<string, ModelProgress>();
    let progress: RunProgress = {
        ...run,
        runId: null,
        startedBy: null,
        state: "starting",
        isCancelling: false,
        message: null,
        endedAtMs: null,
        modelNames: [],
        models,
    };
    const change = (changes: Partial<RunProgress>): void => {
        progress = { ...progress, ...changes };
    };
    const changeModel = (modelName: string, changes: Partial<ModelProgress>): void => {
        models.set(modelName, { ...(models.get(modelName) ?? makeQueuedModel(modelName)), ...changes });
    };

    function addTest({ testName, modelName, status, failingCount, message }: TestRun): void {
        const { passedTestCount, problems } = models.get(modelName) ?? makeQueuedModel(modelName);
        // A model that is built again after a conflict runs its tests again.
        const others = problems.filter((problem) => problem.testName !== testName);
        if (status === "passed") {
            changeModel(modelName, { passedTestCount: passedTestCount + 1, problems: others });
        } else {
            const problem: TestProblem = { testName, modelName, status, failingCount, message };
            changeModel(modelName, { problems: [...others, problem] });
        }
    }

    function endModel({ modelName, status, scope, rows, durationMs, message, place }: ModelResult): void {
        const known = models.get(modelName);
        changeModel(modelName, {
            status,
            isTesting: false,
            isCancelling: false,
            scope: scope ?? known?.scope ?? null,
            rows: status === "ok" ? rows : null,
            durationMs,
            message,
            place: place ?? null,
        });
    }

    /** The final event holds the results of all models, which replace what was recorded. */
    function end({ runId, status, durationMs, models: results }: RunSummary): void {
        results.forEach(endModel);
        change({ runId, state: status, isCancelling: false, endedAtMs: progress.startedAtMs + durationMs });
    }

    return {
        progress: () => progress,
        change,
        cancelModel: (modelName) => {
            changeModel(modelName, { isCancelling: true });
        },
        cancelRest: () => {
            for (const { modelName, status } of models.values()) {
                if (status === "running" || status === "queued") {
                    changeModel(modelName, { status: "cancelled", durationMs: 0, rows: null, isTesting: false });
                }
            }
        },
        record: (event, nowMs) => {
            switch (event.type) {
                case "run-started":
                    event.modelNames.forEach((name) => models.set(name, makeQueuedModel(name)));
                    change({
                        runId: event.runId,
                        state: "running",
                        threads: event.threads,
                        modelNames: event.modelNames,
                    });
                    break;
                case "model-started":
                    changeModel(event.modelName, { status: "running", startedAtMs: nowMs });
                    break;
                case "model-scoped":
                    // This event also comes when a model starts again after a conflict.
                    changeModel(event.modelName, {
                        scope: event.scope,
                        rows: null,
                        isTesting: false,
                        passedTestCount: 0,
                        problems: [],
                    });
                    break;
                case "model-written":
                    changeModel(event.modelName, { rows: event.rows, isTesting: true });
                    break;
                case "test-finished":
                    addTest(event.result);
                    break;
                case "model-finished":
                    endModel(event.result);
                    break;
                case "run-finished":
                    end(event.summary);
                    break;
            }
        },
    };
}
