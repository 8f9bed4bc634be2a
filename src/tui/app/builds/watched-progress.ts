import type { Scope } from "../../../engine/events.js";
import type { WatchedModel, WatchedProblem, WatchedRun } from "../../../runs/watch-run.js";
import type { ModelProgress, ModelState, RunProgress, RunState, TestProblem } from "./run-progress.js";

/** A run as `ops` tells of it, as the screens show it. Times are by this machine's clock, from the server's durations. */
export function makeWatchedProgress(
    run: WatchedRun,
    nowMs: number,
    expectedMs: RunProgress["expectedMs"] = null,
): RunProgress {
    const state = readRunState(run.status);
    const startedAtMs = nowMs - run.startedAgoMs;
    return {
        runId: run.runId,
        command: run.command,
        selection: run.selection,
        isFullRefresh: run.isFullRefresh,
        startedBy: run.startedBy,
        threads: run.threads,
        state,
        isCancelling: false,
        message: run.message,
        startedAtMs,
        endedAtMs: state === "running" ? null : startedAtMs + run.durationMs,
        modelNames: run.models.map(({ modelName }) => modelName),
        models: new Map(run.models.map((model) => [model.modelName, makeModel(model, nowMs)])),
        expectedMs,
    };
}

function makeModel(model: WatchedModel, nowMs: number): ModelProgress {
    const state = readModelState(model.status);
    const { durationMs, rowsInserted, rowsUpdated, rowsDeleted, rowsUnchanged } = model;
    const hasRows = state === "ok" && rowsInserted !== null;
    return {
        modelName: model.modelName,
        state,
        isTesting: false,
        isCancelling: false,
        startedAtMs: state === "running" && durationMs !== null ? nowMs - durationMs : null,
        durationMs: state === "running" || state === "queued" ? null : (durationMs ?? 0),
        scope: makeScope(model),
        rows: hasRows
            ? {
                  inserted: rowsInserted,
                  updated: rowsUpdated ?? 0,
                  deleted: rowsDeleted ?? 0,
                  unchanged: rowsUnchanged ?? 0,
              }
            : null,
        passedTestCount: model.passedTestCount,
        problems: model.problems.map(makeProblem),
        message: model.message,
        place: null,
    };
}

function makeScope({ scope, reason, entityCount }: WatchedModel): Scope | null {
    switch (scope) {
        case "entities":
            return { kind: "entities", entityCount: entityCount ?? 0, reason: reason ?? "" };
        case "all":
        case "none":
        case "view":
            return { kind: scope, reason: reason ?? "" };
        case null:
        default:
            return null;
    }
}

function makeProblem({ testName, status, failingCount, message }: WatchedProblem): TestProblem {
    return { testName, status: status === "warned" || status === "broken" ? status : "failed", failingCount, message };
}

const modelStates: readonly ModelState[] = ["queued", "running", "ok", "failed", "skipped", "cancelled"];

function readModelState(status: string): ModelState {
    return modelStates.find((state) => state === status) ?? "queued";
}

const runStates: readonly RunState[] = ["running", "ok", "failed", "cancelled", "crashed"];

function readRunState(status: string): RunState {
    return runStates.find((state) => state === status) ?? "failed";
}
