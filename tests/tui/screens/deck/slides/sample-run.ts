import type { RecordedRun } from "../../../../../src/deck/block-content.js";
import type { WatchedModel } from "../../../../../src/runs/watch-run.js";

function makeModel(modelName: string, kind: "view" | "all"): WatchedModel {
    return {
        modelName,
        status: "ok",
        scope: { kind, reason: "never built" },
        rows: { inserted: 3, updated: 0, deleted: 0, unchanged: 0 },
        durationMs: 100,
        elapsedMs: null,
        message: null,
        passedTestCount: 2,
        problems: [],
    };
}

/** A run that did these views at once, and then these tables, each in 100 ms and 100 ms after the one before. */
export function makeRecordedRun(views: readonly string[], tables: readonly string[]): RecordedRun {
    return {
        run: {
            runId: "7",
            command: "build",
            selection: "",
            isFullRefresh: false,
            status: "ok",
            threads: 1,
            startedBy: "somebody",
            startedAgoMs: 5000,
            durationMs: tables.length * 200,
            message: null,
            models: [...views.map((name) => makeModel(name, "view")), ...tables.map((name) => makeModel(name, "all"))],
        },
        spans: new Map([
            ...views.map((name) => [name, { fromMs: 0, toMs: 0 }] as const),
            ...tables.map((name, index) => [name, { fromMs: index * 200, toMs: index * 200 + 100 }] as const),
        ]),
    };
}
