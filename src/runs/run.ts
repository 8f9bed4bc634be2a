import type { Severity } from "../project/definitions.js";

/** What a build does to one model: everything, some entities, or nothing because nothing changed. */
export type Scope =
    | { readonly kind: "all"; readonly reason: string }
    | { readonly kind: "entities"; readonly entityCount: number; readonly reason: string }
    | { readonly kind: "none"; readonly reason: string }
    /** A view has nothing to build, only data tests to run. */
    | { readonly kind: "view"; readonly reason: string };

/** The data diff of one model in one run. */
export interface RowCounts {
    readonly inserted: number;
    readonly updated: number;
    readonly deleted: number;
    /** Rows that were recomputed without a change. */
    readonly unchanged: number;
}

export type ModelEnd = "ok" | "failed" | "skipped" | "cancelled";

export type ModelStatus = "queued" | "running" | ModelEnd;

/** What a run did to one model, live or as `ops` has recorded it. */
export interface ModelRun {
    readonly modelName: string;
    readonly status: ModelStatus;
    /** Null until it is known, and for skipped models. */
    readonly scope: Scope | null;
    /** Null for views, and for models that were not published: a model that fails its data tests is rolled back. */
    readonly rows: RowCounts | null;
    /** Null until it has ended. */
    readonly durationMs: number | null;
    /** Why it failed or was skipped. */
    readonly message: string | null;
}

export type TestStatus =
    | "passed"
    /** An error-severity test with too many failing rows: blocks publishing. */
    | "failed"
    /** A warn-severity test with too many failing rows. */
    | "warned"
    /** A warning that the test's definition says is expected. */
    | "known"
    /** Its SQL could not be run. */
    | "broken";

/** The result of one data test in a run, live or as `ops` has recorded it. */
export interface TestRun {
    readonly testName: string;
    readonly modelName: string;
    readonly severity: Severity;
    readonly status: TestStatus;
    readonly failingCount: number;
    readonly durationMs: number;
    /** Why it is broken. */
    readonly message: string | null;
}

/** A data test that did not pass. */
export interface TestProblem extends Pick<TestRun, "testName" | "modelName" | "failingCount" | "message"> {
    readonly status: Exclude<TestStatus, "passed">;
}

export type RunEnd = "ok" | "failed" | "cancelled";

/** A run whose process died is `crashed`. */
export type RunStatus = "running" | RunEnd | "crashed";

export type RunCommand = "build" | "run" | "test" | "retry" | "verify";

/** Rows inserted, updated or deleted. */
export function countChangedRows({ inserted, updated, deleted }: Omit<RowCounts, "unchanged">): number {
    return inserted + updated + deleted;
}

/** Whether the build of the model recomputed rows: only such a build tells how long a build takes. */
export function hasRecomputed({ status, scope }: Pick<ModelRun, "status" | "scope">): boolean {
    return status === "ok" && (scope?.kind === "all" || scope?.kind === "entities");
}

/** The number of the last run that could change anything; null when there was none. */
export const lastRunIdSql = "(select max(run_id) from ops.run where command <> 'verify')";

/** The columns of a `ModelRun`, from `ops.model_run`. */
export const modelRunColumns = `
    model_run.model_name as "modelName", model_run.status,
    case
        when scope is not null then jsonb_strip_nulls(
            jsonb_build_object('kind', scope, 'entityCount', entity_count, 'reason', coalesce(reason, ''))
        )
    end as scope,
    case
        when model_run.status = 'ok' and rows_inserted is not null then jsonb_build_object(
            'inserted', rows_inserted, 'updated', rows_updated, 'deleted', rows_deleted, 'unchanged', rows_unchanged
        )
    end as rows,
    extract(epoch from model_run.finished_at - model_run.started_at)::float8 * 1000 as "durationMs",
    model_run.message`;

/** The columns of a `TestRun`, from `ops.test_run`. */
export const testRunColumns = `
    test_run.test_name as "testName", test_run.model_name as "modelName", test_run.severity, test_run.status,
    coalesce(test_run.failing_count, 0)::float8 as "failingCount",
    extract(epoch from test_run.finished_at - test_run.started_at)::float8 * 1000 as "durationMs", test_run.message`;

/** An `order by` expression that puts the worst results first. */
export const problemOrder = "array_position(array['broken', 'failed', 'warned', 'known', 'passed'], test_run.status)";
