import { ConnectionError, errorMessage, StardeckError, StatementError } from "../database/errors.js";
import type { DataTest, TableModel } from "../warehouse/registry.js";
import { wholeModelShareDefault } from "./affected-entities.js";
import { AuditFailure } from "./audit.js";
import { buildTable } from "./build-table.js";
import type { ModelResult, ModelStatus, Scope } from "./events.js";
import type { PlannedModel } from "./plan.js";
import type { RunContext } from "./run-context.js";
import { blocksPublishing, runDataTest, type DataTestOutcome } from "./run-data-test.js";
import { logModelStarted, logTestOutcomes } from "./run-log.js";

/** Builds, audits, publishes and tests one model, as far as it needs it. Never rejects: a failure is a result. */
export async function executeModel(context: RunContext, modelName: string): Promise<ModelResult> {
    const started = performance.now();
    context.onEvent({ type: "model-started", modelName });
    let result: ModelResult;
    try {
        result = { ...(await buildOrTest(context, modelName)), durationMs: performance.now() - started };
    } catch (error) {
        result = await describeFailure(context, modelName, error, performance.now() - started);
    }
    context.onEvent({ type: "model-finished", result });
    return result;
}

/** Ends a model that this run will not get to. */
export function skipModel(
    context: RunContext,
    modelName: string,
    status: Extract<ModelStatus, "skipped" | "cancelled">,
    message: string,
): void {
    const result = { modelName, status, scope: null, rows: null, durationMs: 0, message };
    context.unlogged.push(result);
    context.onEvent({ type: "model-finished", result });
}

async function buildOrTest(context: RunContext, modelName: string): Promise<ModelResult> {
    const model = context.graph.models.get(modelName);
    const planned = context.plan.get(modelName);
    if (model === undefined || planned === undefined) {
        throw new Error(`not in the plan: ${modelName}`);
    }
    const isStale = planned.action === "all" || planned.action === "affected" || context.madeStale.has(modelName);
    return model.materialisation === "table" && context.options.command !== "test" && isStale
        ? buildAndTest(context, model, planned)
        : onlyTest(context, planned);
}

async function buildAndTest(context: RunContext, model: TableModel, planned: PlannedModel): Promise<ModelResult> {
    const { session, graph, runId, options } = context;
    const target = context.targets.get(model.name);
    if (target === undefined) {
        throw new StardeckError(`The table ${model.layer}.${model.name} is gone.`, {
            code: "failed",
            hint: "Roll its migration back and forward: `stardeck migrate --rollback`, then `stardeck migrate`.",
        });
    }
    await logModelStarted(session, runId, model.name);
    const downstream = graph
        .tablesDownstreamOf(model.name)
        .filter((name) => context.built.has(name))
        .map((name) => graph.models.get(name))
        .filter((candidate): candidate is TableModel => candidate?.materialisation === "table");
    const built = await retryConflicts(() =>
        session.withTransaction(
            (connection) =>
                buildTable(connection, {
                    runId,
                    planned,
                    target,
                    graph,
                    downstream,
                    tests: options.command === "run" ? [] : context.testsOf(model.name),
                    wholeModelShare: options.wholeModelShare ?? wholeModelShareDefault,
                    onEvent: context.onEvent,
                }),
            false,
        ),
    );
    context.built.add(model.name);
    context.testOutcomes.push(...built.outcomes);
    for (const name of built.queued) {
        context.madeStale.add(name);
    }
    const { rows } = built.model;
    if (rows !== null && rows.inserted + rows.updated + rows.deleted > 0) {
        context.changedTables.add(model.name);
    }
    return built.model;
}

/** For what needs no building: runs the tests whose answer may differ from the last one. */
async function onlyTest(context: RunContext, planned: PlannedModel): Promise<ModelResult> {
    const { modelName } = planned;
    const scope: Scope =
        planned.action === "view" ? { kind: "view", reason: planned.reason } : { kind: "none", reason: "nothing new" };
    context.onEvent({ type: "model-scoped", modelName, scope });
    const outcomes = mayAnswerDiffer(context, planned) ? await runTests(context, context.testsOf(modelName)) : [];
    const failed = outcomes.filter((outcome) => blocksPublishing(outcome.result));
    const result: ModelResult = {
        modelName,
        status: failed.length > 0 ? "failed" : "ok",
        scope,
        rows: null,
        durationMs: 0,
        message: failed.length > 0 ? describeFailedTests(failed) : null,
    };
    context.unlogged.push(result);
    return result;
}

function mayAnswerDiffer(context: RunContext, { modelName, action }: PlannedModel): boolean {
    const { graph, options, state } = context;
    if (options.command !== "build") {
        return options.command === "test";
    }
    const isOpen = context
        .testsOf(modelName)
        .some((test) => [undefined, "failed", "broken"].includes(state.lastTestStatus.get(test.name)));
    const hasNews = graph
        .tablesUpstreamOf(modelName)
        .some(
            ({ upstreamName }) => context.changedSources.has(upstreamName) || context.changedTables.has(upstreamName),
        );
    const hasNewParents = context
        .testsOf(modelName)
        .some((test) => test.refersTo !== null && context.changedTables.has(test.refersTo));
    return isOpen || hasNewParents || (action === "view" && hasNews);
}

async function runTests(context: RunContext, tests: readonly DataTest[]): Promise<readonly DataTestOutcome[]> {
    if (tests.length === 0) {
        return [];
    }
    const outcomes = await context.session.withTransaction(async (connection) => {
        const found: DataTestOutcome[] = [];
        for (const test of tests) {
            const outcome = await runDataTest(connection, test);
            context.onEvent({ type: "test-finished", result: outcome.result });
            found.push(outcome);
        }
        return found;
    }, true);
    context.testOutcomes.push(...outcomes);
    await logTestOutcomes(context.session, context.runId, outcomes);
    return outcomes;
}

async function describeFailure(
    context: RunContext,
    modelName: string,
    error: unknown,
    durationMs: number,
): Promise<ModelResult> {
    const isCancelled = context.options.signal.aborted && !(error instanceof AuditFailure);
    const result: ModelResult = {
        modelName,
        status: isCancelled ? "cancelled" : "failed",
        scope: error instanceof AuditFailure ? error.scope : null,
        rows: null,
        durationMs,
        message: isCancelled ? "stopped on request" : describeError(error),
    };
    context.unlogged.push(result);
    if (error instanceof AuditFailure) {
        context.testOutcomes.push(...error.outcomes);
        // If this fails too, the database is gone, and the end of the run says so.
        await logTestOutcomes(context.session, context.runId, error.outcomes).catch(() => undefined);
    }
    return result;
}

function describeError(error: unknown): string {
    if (error instanceof AuditFailure) {
        const failed = error.outcomes.filter((outcome) => blocksPublishing(outcome.result));
        return `${describeFailedTests(failed)}; what was published before is kept`;
    }
    const message = errorMessage(error);
    const sentence = /[.!?]$/.test(message) ? message : `${message}.`;
    return error instanceof StardeckError && error.hint !== undefined ? `${sentence} ${error.hint}` : message;
}

function describeFailedTests(failed: readonly DataTestOutcome[]): string {
    return failed
        .map(({ result }) =>
            result.status === "broken"
                ? `test ${result.testName} could not run: ${result.message ?? ""}`
                : `test ${result.testName} failed with ${result.failingCount.toLocaleString("en")} ${result.failingCount === 1 ? "row" : "rows"}`,
        )
        .join("; ");
}

/** Deadlock, serialisation failure, lost connection: nothing was committed, so the model can be built again from the start. */
async function retryConflicts<T>(build: () => Promise<T>): Promise<T> {
    for (const pauseMs of [100, 1000]) {
        try {
            return await build();
        } catch (error) {
            const isConflict = error instanceof StatementError && ["40001", "40P01"].includes(error.sqlState);
            if (!isConflict && !(error instanceof ConnectionError)) {
                throw error;
            }
            await new Promise((resolve) => setTimeout(resolve, pauseMs));
        }
    }
    return build();
}
