import type { Database } from "../database/database.js";
import { errorMessage, StardeckError } from "../database/errors.js";
import { beginOnClusterSql, isCluster } from "../warehouse/citus.js";
import { loadBoundRegistry } from "./bind-views.js";
import { withBuildLock } from "../runs/build-lock.js";
import type { BuildOptions } from "./build-options.js";
import type { ModelResult, RunSummary } from "./events.js";
import type { RunEnd, TestRun } from "../runs/run.js";
import { executeModel, skipModel, stopped } from "./execute-model.js";
import { makeGraph } from "./graph.js";
import { loadLandingFacts } from "./landing-mark.js";
import { estimateRemaining } from "./remaining-time.js";
import { prepareRun, type RunContext } from "./run-context.js";
import { blocksPublishing } from "./run-data-test.js";
import {
    logModelResults,
    logQueuedModels,
    logRunFinished,
    logTestOutcomes,
    type DataTestOutcome,
} from "../runs/run-log.js";
import { refreshCopies } from "./refresh-copies.js";
import { runSchedule } from "./schedule.js";
import { selectModels } from "./select.js";
import { loadSelectionState } from "./selection-state.js";
import { makeAtomicSession, makeSession } from "./session.js";

/**
 * Builds and tests the selected models in DAG order and records the run in `ops`.
 * A failed model or test is a value in the summary, not an exception.
 *
 * @throws StardeckError `usage` for a selector that matches nothing, `failed` while another build runs,
 * `no-database` when the database goes away for good.
 */
export async function runBuild(database: Database, options: BuildOptions): Promise<RunSummary> {
    const graph = makeGraph(await loadBoundRegistry(database));
    const selectors = [...options.select, ...options.exclude];
    const state = await loadSelectionState(database, graph, selectors);
    const modelNames = selectModels(graph, options.select, options.exclude, state);
    if (modelNames.length === 0) {
        throw new StardeckError("The selection is empty: there is nothing to do.", {
            code: "usage",
            hint: "`stardeck ls --select …` shows what a selection holds.",
        });
    }
    const selection = [...options.select, ...options.exclude.map((selector) => `--exclude ${selector}`)].join(" ");
    const entry = { ...options, selection };
    return withBuildLock(database, entry, async (runId, lockedDatabase) => {
        await logQueuedModels(lockedDatabase, runId, modelNames);
        let status: RunEnd = "failed";
        let message: string | null = null;
        try {
            const facts = await loadLandingFacts(lockedDatabase, graph.sources.values(), options.tailBlocks);
            const run = { graph, runId, modelNames, options, facts };
            const summary = await (options.isAtomic === true
                ? runAtomically(lockedDatabase, run)
                : runEach(lockedDatabase, run));
            status = summary.status;
            options.onEvent({ type: "run-finished", summary });
            return summary;
        } catch (error) {
            message = errorMessage(error);
            throw error;
        } finally {
            await logRunFinished(lockedDatabase, runId, status, message);
        }
    });
}

type RunPlan = Pick<RunContext, "graph" | "runId" | "modelNames" | "options" | "facts">;

async function runEach(database: Database, run: RunPlan): Promise<RunSummary> {
    const { summary } = await runModels({ ...run, session: makeSession(database, run.options.signal) });
    return summary;
}

/** Thrown inside the transaction of an atomic run so that it rolls back. */
class AtomicFailure extends Error {
    constructor(readonly ended: EndedRun) {
        super("not published");
    }
}

async function runAtomically(database: Database, run: RunPlan): Promise<RunSummary> {
    const { options } = run;
    try {
        return await database.withTransaction(
            async (connection) => {
                if (await isCluster(connection)) {
                    await connection.query(beginOnClusterSql);
                }
                const session = makeAtomicSession(connection, options.signal);
                const ended = await runModels({ ...run, session });
                if (ended.summary.status !== "ok") {
                    throw new AtomicFailure(ended);
                }
                return ended.summary;
            },
            { isolation: "repeatable read" },
        );
    } catch (error) {
        if (!(error instanceof AtomicFailure)) {
            throw error;
        }
        const { summary, testOutcomes } = error.ended;
        const models = summary.models.map((model): ModelResult =>
            model.status === "ok" && model.rows !== null
                ? { ...model, status: "cancelled", message: "rolled back: not everything succeeded" }
                : model,
        );
        await logModelResults(database, run.runId, models);
        await logTestOutcomes(database, run.runId, testOutcomes);
        return { ...summary, models };
    }
}

interface EndedRun {
    readonly summary: RunSummary;
    readonly testOutcomes: readonly DataTestOutcome[];
}

async function runModels(run: RunPlan & Pick<RunContext, "session">): Promise<EndedRun> {
    const { graph, runId, modelNames, options } = run;
    const threads = threadsOf(options);
    const started = performance.now();
    const models = new Map<string, ModelResult>();
    const tests = new Map<string, TestRun>();
    const refreshed = options.command === "test" ? null : await refreshCopies(run);
    const context = await prepareRun({ ...run, refreshed }, (event) => {
        if (event.type === "model-finished") {
            models.set(event.result.modelName, event.result);
        } else if (event.type === "test-finished") {
            tests.set(event.result.testName, event.result);
        }
        options.onEvent(event);
    });
    // A run of tests only does not depend on an order of models.
    const upstreamOf = (name: string): readonly string[] => (options.command === "test" ? [] : graph.upstreamOf(name));
    const endProgress = keepProgressLogged(context);
    context.onEvent({
        type: "run-started",
        runId,
        modelNames,
        threads,
        estimatedMs: estimateRunMs(context, graph.downstreamOf),
    });
    await runSchedule({
        order: modelNames,
        upstreamOf,
        comesAfter: (name) => (options.command === "test" ? [] : graph.testedAgainst(name)),
        durationOf: (name) => context.typicalMs.get(name) ?? 100,
        threads,
        run: async (name) => {
            const result = await executeModel(context, name);
            return result.status === "ok" ? "done" : "failed";
        },
        skip: (name, culprit) => {
            if (options.signal.aborted) {
                skipModel(context, name, "cancelled", stopped);
            } else {
                const fate = models.get(culprit)?.status === "cancelled" ? "was cancelled" : "failed";
                skipModel(context, name, "skipped", `upstream ${culprit} ${fate}`);
            }
        },
        isStopped: () =>
            options.signal.aborted ||
            (options.failFast && [...models.values()].some(({ status }) => status === "failed")),
    }).finally(endProgress);
    for (const name of modelNames.filter((candidate) => !models.has(candidate))) {
        skipModel(context, name, "cancelled", options.signal.aborted ? stopped : "another model failed");
    }
    await logModelResults(context.session, runId, context.unlogged);
    const summary: RunSummary = {
        runId,
        status: summarise(options.signal, [...models.values()], [...tests.values()]),
        durationMs: performance.now() - started,
        models: modelNames.flatMap((name) => models.get(name) ?? []),
        tests: [...tests.values()],
    };
    return { summary, testOutcomes: context.testOutcomes };
}

/** How many models to build at a time. */
function threadsOf({ isAtomic, threads }: BuildOptions): number {
    return isAtomic === true ? 1 : threads;
}

/** How often a run records models that have ended without a transaction of their own. */
const progressEveryMs = 1000;

/** Regularly records models that no transaction of their own has recorded, so that others can watch the run; the result stops it. */
function keepProgressLogged({ session, runId, unlogged, options }: RunContext): () => Promise<void> {
    if (options.isAtomic === true) {
        return () => Promise.resolve();
    }
    let logging: Promise<unknown> | null = null;
    const timer = setInterval(() => {
        if (unlogged.length > 0 && logging === null) {
            const results = unlogged.splice(0);
            logging = logModelResults(session, runId, results)
                // The end of the run records them again; if that fails too, the database is gone, and the run reports that.
                .catch(() => unlogged.push(...results))
                .finally(() => {
                    logging = null;
                });
        }
    }, progressEveryMs);
    return async () => {
        clearInterval(timer);
        await logging;
    };
}

/** Null if a model that has to be built has no earlier build to estimate from. */
function estimateRunMs(context: RunContext, downstreamOf: (name: string) => readonly string[]): number | null {
    const { modelNames, options, plan, typicalMs } = context;
    const hasWork = (name: string): boolean => ["all", "affected"].includes(plan.get(name)?.action ?? "none");
    if (options.command === "test" || modelNames.some((name) => hasWork(name) && !typicalMs.has(name))) {
        return null;
    }
    const durationOf = (name: string): number => (hasWork(name) ? (typicalMs.get(name) ?? 0) : 0);
    return estimateRemaining(modelNames, downstreamOf, durationOf, threadsOf(options)).remainingMs;
}

function summarise(signal: AbortSignal, models: readonly ModelResult[], tests: readonly TestRun[]): RunEnd {
    if (signal.aborted) {
        return "cancelled";
    }
    if (models.some(({ status }) => status === "failed") || tests.some(blocksPublishing)) {
        return "failed";
    }
    // Otherwise single models were cancelled, and their readers skipped.
    return models.every(({ status }) => status === "ok") ? "ok" : "cancelled";
}
