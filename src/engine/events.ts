import type { ModelEnd, ModelRun, RowCounts, RunEnd, Scope, TestRun } from "../runs/run.js";

/** What became of a model. */
export interface ModelResult extends ModelRun {
    readonly status: ModelEnd;
    readonly durationMs: number;
    /** Where in its statement PostgreSQL stopped; absent when it named no place. */
    readonly place?: { readonly sql: string; readonly position: number };
}

export interface RunSummary {
    readonly runId: string;
    readonly status: RunEnd;
    readonly durationMs: number;
    readonly models: readonly ModelResult[];
    readonly tests: readonly TestRun[];
}

/** What a running build tells whoever listens. The engine knows nothing of terminals. */
export type BuildEvent =
    /** First of all: the models in build order. */
    | {
          readonly type: "run-started";
          readonly runId: string;
          readonly modelNames: readonly string[];
          readonly threads: number;
          /** How long it may take, from past runs; null when some model was never built. */
          readonly estimatedMs: number | null;
      }
    /** All that the model needs is there and a connection is free. */
    | { readonly type: "model-started"; readonly modelName: string }
    /** The model's scope is known. */
    | { readonly type: "model-scoped"; readonly modelName: string; readonly scope: Scope }
    /** The rows are written, not yet tested and not yet visible to others. */
    | { readonly type: "model-written"; readonly modelName: string; readonly rows: RowCounts }
    | { readonly type: "test-finished"; readonly result: TestRun }
    /** The model is published, or will not be. */
    | { readonly type: "model-finished"; readonly result: ModelResult }
    /** Last of all. */
    | { readonly type: "run-finished"; readonly summary: RunSummary };

export type BuildListener = (event: BuildEvent) => void;
