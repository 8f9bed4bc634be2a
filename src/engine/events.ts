import type { Severity } from "../warehouse/definitions.js";

/** What a build does to one model: everything, some entities, or nothing because nothing changed. */
export type Scope =
    | { readonly kind: "all"; readonly reason: string }
    | { readonly kind: "entities"; readonly entityCount: number; readonly reason: string }
    | { readonly kind: "none"; readonly reason: string }
    /** A view has nothing to build, only tests to run. */
    | { readonly kind: "view"; readonly reason: string };

/** The data diff of one model in one run. */
export interface RowCounts {
    readonly inserted: number;
    readonly updated: number;
    readonly deleted: number;
    /** Rows looked at and left alone. */
    readonly unchanged: number;
}

export type ModelStatus = "ok" | "failed" | "skipped" | "cancelled";

export type TestStatus =
    | "passed"
    /** An error-severity test with too many failing rows: blocks publishing. */
    | "failed"
    /** A warn-severity test with too many failing rows. */
    | "warned"
    /** Its SQL could not be run. */
    | "broken";

export interface TestResult {
    readonly testName: string;
    readonly modelName: string;
    readonly severity: Severity;
    readonly status: TestStatus;
    readonly failingCount: number;
    readonly durationMs: number;
    /** Why it is broken. */
    readonly message: string | null;
}

export interface ModelResult {
    readonly modelName: string;
    readonly status: ModelStatus;
    readonly scope: Scope | null;
    /** Null for views and for models that were not built. */
    readonly rows: RowCounts | null;
    readonly durationMs: number;
    /** Why it failed or was skipped. */
    readonly message: string | null;
    /** Where in its statement PostgreSQL stopped; absent when it named no place. */
    readonly place?: { readonly sql: string; readonly position: number };
}

export type RunStatus = "ok" | "failed" | "cancelled";

export interface RunSummary {
    readonly runId: string;
    readonly status: RunStatus;
    readonly durationMs: number;
    readonly models: readonly ModelResult[];
    readonly tests: readonly TestResult[];
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
    | { readonly type: "test-finished"; readonly result: TestResult }
    /** The model is published, or will not be. */
    | { readonly type: "model-finished"; readonly result: ModelResult }
    /** Last of all. */
    | { readonly type: "run-finished"; readonly summary: RunSummary };

export type BuildListener = (event: BuildEvent) => void;
