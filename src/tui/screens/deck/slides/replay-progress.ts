import type { RecordedRun } from "../../../../deck/block-content.js";
import type { ModelProgress, RunProgress } from "../../../app/builds/run-progress.js";
import { makeQueuedModel } from "../../../app/builds/run-progress.js";
import { makeWatchedProgress } from "../../../app/builds/watched-progress.js";

/** The length of a recorded run, at least until its last model ends. */
export function replayLengthMs({ run, spans }: RecordedRun): number {
    return Math.max(run.durationMs, ...[...spans.values()].map(({ toMs }) => toMs));
}

/** The run as it was `elapsedMs` after its start, with times as if it were running now. */
export function makeReplayProgress(recorded: RecordedRun, elapsedMs: number, nowMs: number): RunProgress {
    const ended = makeWatchedProgress(recorded.run, nowMs);
    if (elapsedMs >= replayLengthMs(recorded)) {
        return ended;
    }
    const startedAtMs = nowMs - elapsedMs;
    const models = new Map(
        ended.modelNames.map((name) => {
            const final = ended.models.get(name) ?? makeQueuedModel(name);
            return [name, modelAt(final, recorded.spans.get(name), elapsedMs, startedAtMs)];
        }),
    );
    return { ...ended, state: "running", startedBy: null, message: null, startedAtMs, endedAtMs: null, models };
}

function modelAt(
    final: ModelProgress,
    span: { readonly fromMs: number; readonly toMs: number } | undefined,
    elapsedMs: number,
    startedAtMs: number,
): ModelProgress {
    const { fromMs = 0, toMs = 0 } = span ?? {};
    if (elapsedMs >= toMs) {
        return final;
    }
    const queued = makeQueuedModel(final.modelName);
    return elapsedMs < fromMs
        ? queued
        : { ...queued, status: "running", scope: final.scope, startedAtMs: startedAtMs + fromMs };
}
