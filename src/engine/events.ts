import type { ModelEnd, ModelRun, RowCounts, RunEnd, Scope, TestRun } from "../runs/run.js";

/** The result of a model in a run. */
export interface ModelResult extends ModelRun {
    readonly status: ModelEnd;
    readonly durationMs: number;
    /** The position of the error in its statement; absent if PostgreSQL gave none. */
    readonly place?: { readonly sql: string; readonly position: number };
}

export interface RunSummary {
    readonly runId: string;
    readonly status: RunEnd;
    readonly durationMs: number;
    readonly models: readonly ModelResult[];
    readonly tests: readonly TestRun[];
}

/** The events of a running build. The engine itself knows nothing about terminals. */
export type BuildEvent =
    /** The first event: the models in build order. */
    | {
          readonly type: "run-started";
          readonly runId: string;
          readonly modelNames: readonly string[];
          readonly threads: number;
          /** How long it may take, from past runs; null when some model was never built. */
          readonly estimatedMs: number | null;
      }
    /** The model's upstreams are done and a thread is free. */
    | { readonly type: "model-started"; readonly modelName: string }
    /** The model's scope is known. */
    | { readonly type: "model-scoped"; readonly modelName: string; readonly scope: Scope }
    /** The rows are written, not yet tested and not yet visible to others. */
    | { readonly type: "model-written"; readonly modelName: string; readonly rows: RowCounts }
    | { readonly type: "test-finished"; readonly result: TestRun }
    /** The model was published, or will not be. */
    | { readonly type: "model-finished"; readonly result: ModelResult }
    /** The last event. */
    | { readonly type: "run-finished"; readonly summary: RunSummary };

export type BuildListener = (event: BuildEvent) => void;
