import type { PastRun } from "../../../../src/runs/run-history.js";

/** A build of three models that ended well, a minute after the hour, unless told otherwise. */
export function makePastRun(runId: number, changes: Partial<PastRun> = {}): PastRun {
    return {
        runId: String(runId),
        command: "build",
        selection: "",
        isFullRefresh: false,
        status: "ok",
        startedBy: "ada@shop pid 7",
        startedAt: "2025-03-01T12:01:00Z",
        durationMs: 12_000,
        message: null,
        modelCount: 3,
        okModelCount: 3,
        failedModelCount: 0,
        failedTestCount: 0,
        warnedTestCount: 0,
        rowsInserted: 0,
        rowsUpdated: 0,
        rowsDeleted: 0,
        ...changes,
    };
}
