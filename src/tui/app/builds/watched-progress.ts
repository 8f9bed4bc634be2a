import type { WatchedModel, WatchedRun } from "../../../runs/watch-run.js";
import type { ModelProgress, RunProgress } from "./run-progress.js";

/** Turns a run read from `ops` into what the screens show. Its times are by this machine's clock, from the server's durations. */
export function makeWatchedProgress(
    run: WatchedRun,
    nowMs: number,
    expectedMs: RunProgress["expectedMs"] = null,
): RunProgress {
    const startedAtMs = nowMs - run.startedAgoMs;
    return {
        runId: run.runId,
        command: run.command,
        selection: run.selection,
        isFullRefresh: run.isFullRefresh,
        startedBy: run.startedBy,
        threads: run.threads,
        state: run.status,
        isCancelling: false,
        message: run.message,
        startedAtMs,
        endedAtMs: run.status === "running" ? null : startedAtMs + run.durationMs,
        modelNames: run.models.map(({ modelName }) => modelName),
        models: new Map(run.models.map((model) => [model.modelName, makeModel(model, nowMs)])),
        expectedMs,
    };
}

function makeModel({ elapsedMs, ...model }: WatchedModel, nowMs: number): ModelProgress {
    return {
        ...model,
        isTesting: false,
        isCancelling: false,
        startedAtMs: elapsedMs === null ? null : nowMs - elapsedMs,
        place: null,
    };
}
