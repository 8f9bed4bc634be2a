import {
    countChangedRows,
    type ModelRun,
    type ModelStatus,
    type RowCounts,
    type RunStatus,
    type TestProblem,
    type TestStatus,
} from "../../../runs/run.js";

export type RunState = "starting" | RunStatus;

/** One model of a run, as far as is known. */
export interface ModelProgress extends ModelRun {
    /** Its rows are written and being tested. */
    readonly isTesting: boolean;
    /** A person has asked to cancel it. */
    readonly isCancelling: boolean;
    readonly startedAtMs: number | null;
    readonly passedTestCount: number;
    readonly problems: readonly TestProblem[];
    /** The place of the error in its statement, if PostgreSQL reported one. */
    readonly place: StatementPlace | null;
}

export interface StatementPlace {
    readonly sql: string;
    /** In characters from 1. */
    readonly position: number;
}

/** A run: of this interface, of another process, or a past one. */
export interface RunProgress {
    /** Null until it is known. */
    readonly runId: string | null;
    readonly command: string;
    /** Selectors as given; empty for everything. */
    readonly selection: string;
    readonly isFullRefresh: boolean;
    /** `user@host pid 123`; null for a run of this interface. */
    readonly startedBy: string | null;
    readonly threads: number;
    readonly state: RunState;
    readonly isCancelling: boolean;
    /** Why it ended as it did; null when there is nothing to say. */
    readonly message: string | null;
    readonly startedAtMs: number;
    /** Null while it runs. */
    readonly endedAtMs: number | null;
    /** In build order. */
    readonly modelNames: readonly string[];
    /** While a run of this interface goes on, this map is changed in place: copying it at each event would cost too much. */
    readonly models: ReadonlyMap<string, ModelProgress>;
    /** The expected duration of each model that may be built, null if it is not known; null when none is known. */
    readonly expectedMs: ReadonlyMap<string, number | null> | null;
}

export function isRunning({ state }: RunProgress): boolean {
    return state === "starting" || state === "running";
}

export function makeQueuedModel(modelName: string): ModelProgress {
    return {
        modelName,
        status: "queued",
        isTesting: false,
        isCancelling: false,
        startedAtMs: null,
        durationMs: null,
        scope: null,
        rows: null,
        passedTestCount: 0,
        problems: [],
        message: null,
        place: null,
    };
}

/** The totals of a run so far. */
export interface RunTotals {
    readonly models: Readonly<Record<ModelStatus, number>>;
    readonly tests: Readonly<Record<TestStatus, number>>;
    readonly rows: RowCounts;
    /** Models whose rows changed. */
    readonly changedModelCount: number;
    readonly endedModelCount: number;
}

/** Cached for runs that have ended: every frame needs the totals, and they no longer change. */
const totalsOfEnded = new WeakMap<RunProgress, RunTotals>();

export function countTotals(run: RunProgress): RunTotals {
    const known = totalsOfEnded.get(run);
    if (known !== undefined) {
        return known;
    }
    const totals = addUp(run);
    if (!isRunning(run)) {
        totalsOfEnded.set(run, totals);
    }
    return totals;
}

function addUp({ modelNames, models }: RunProgress): RunTotals {
    const states: Record<ModelStatus, number> = { queued: 0, running: 0, ok: 0, failed: 0, skipped: 0, cancelled: 0 };
    const tests: Record<TestStatus, number> = { passed: 0, failed: 0, warned: 0, known: 0, broken: 0 };
    const rows = { inserted: 0, updated: 0, deleted: 0, unchanged: 0 };
    let changedModelCount = 0;
    for (const name of modelNames) {
        const model = models.get(name);
        states[model?.status ?? "queued"]++;
        if (model === undefined) {
            continue;
        }
        tests.passed += model.passedTestCount;
        for (const { status } of model.problems) {
            tests[status]++;
        }
        // The rows of a model that failed its data tests were rolled back.
        if (model.rows !== null && model.status === "ok") {
            rows.inserted += model.rows.inserted;
            rows.updated += model.rows.updated;
            rows.deleted += model.rows.deleted;
            rows.unchanged += model.rows.unchanged;
            changedModelCount += countChangedRows(model.rows) > 0 ? 1 : 0;
        }
    }
    return {
        models: states,
        tests,
        rows,
        changedModelCount,
        endedModelCount: modelNames.length - states.queued - states.running,
    };
}

/** Whether the model failed, or a data test of it neither passed nor gave a known warning. */
export function hasProblem({ status, problems }: ModelProgress): boolean {
    return status === "failed" || problems.some((problem) => problem.status !== "known");
}

/** How long the model has taken, up to now while it runs; null before it starts. */
export function elapsedMs({ status, startedAtMs, durationMs }: ModelProgress, nowMs: number): number | null {
    return durationMs ?? (status === "running" && startedAtMs !== null ? Math.max(0, nowMs - startedAtMs) : null);
}
