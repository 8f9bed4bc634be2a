import type { Graph } from "../../../engine/graph.js";
import { estimateRemaining, type RemainingTime } from "../../../engine/remaining-time.js";
import { elapsedMs, isRunning, type RunProgress } from "./run-progress.js";

export interface LeftTime extends RemainingTime {
    /** A running model takes so much longer than usual that the estimate means nothing. */
    readonly isOverdue: boolean;
}

/** The time left of a running run; null when a model that has to be built has no known duration. */
export function estimateLeftOrNull(run: RunProgress, graph: Graph | null, nowMs: number): LeftTime | null {
    const { expectedMs, modelNames, models, threads } = run;
    if (expectedMs === null || graph === null || !isRunning(run)) {
        return null;
    }
    const leftMs = new Map<string, number>();
    let overdueMs = 0;
    for (const name of modelNames) {
        const model = models.get(name);
        const hasEnded = model !== undefined && model.status !== "queued" && model.status !== "running";
        if (hasEnded || !expectedMs.has(name)) {
            continue;
        }
        const expected = expectedMs.get(name) ?? null;
        if (expected === null) {
            return null;
        }
        const elapsed = model === undefined ? 0 : (elapsedMs(model, nowMs) ?? 0);
        overdueMs = Math.max(overdueMs, elapsed - expected);
        // A model that takes longer than usual is still not done.
        leftMs.set(name, Math.max(1, expected - elapsed));
    }
    const left = estimateRemaining(modelNames, graph.downstreamOf, (name) => leftMs.get(name) ?? 0, threads);
    return { ...left, isOverdue: overdueMs > 1000 && overdueMs > left.remainingMs };
}
