import { errorMessage, StardeckError, StatementError } from "../database/errors.js";
import type { DataTest, TableModel } from "../warehouse/registry.js";
import { wholeModelShareDefault } from "./affected-entities.js";
import { AuditFailure } from "./audit.js";
import { buildTable } from "./build-table.js";
import type { ModelResult } from "./events.js";
import type { ModelEnd, Scope } from "../runs/run.js";
import { isAnswerOutdated, isAnswerOwnAffair } from "./outdated-answers.js";
import { makeDamageError, type PlannedModel } from "./plan.js";
import { retryConflicts } from "./retry-conflicts.js";
import type { RunContext } from "./run-context.js";
import { blocksPublishing, runDataTest, withDataTests } from "./run-data-test.js";
import { explainStaleUpstreamOrNull } from "./stale-upstream.js";
import { loadDefinitions } from "../runs/build-state.js";
import { logModelStarted, logTestOutcomes, type DataTestOutcome } from "../runs/run-log.js";

/** The message of a cancelled model. */
export const stopped = "stopped on request";

/** Builds, audits, publishes and tests one model, as far as necessary. Never rejects: a failure is a result. */
export async function executeModel(context: RunContext, modelName: string): Promise<ModelResult> {
    const started = performance.now();
    const signal = context.signalOf(modelName);
    if (signal.aborted) {
        return skipModel(context, modelName, "cancelled", stopped);
    }
    context.onEvent({ type: "model-started", modelName });
    let result: ModelResult;
    try {
        result = { ...(await buildOrTest(context, modelName, signal)), durationMs: performance.now() - started };
    } catch (error) {
        const durationMs = performance.now() - started;
        result = await describeFailure(context, error, { modelName, durationMs, isStopped: signal.aborted });
    }
    context.onEvent({ type: "model-finished", result });
    return result;
}

/** Records a model that this run will not build. */
export function skipModel(
    context: RunContext,
    modelName: string,
    status: Extract<ModelEnd, "skipped" | "cancelled">,
    message: string,
): ModelResult {
    const result = { modelName, status, scope: null, rows: null, durationMs: 0, message };
    context.unlogged.push(result);
    context.onEvent({ type: "model-finished", result });
    return result;
}

async function buildOrTest(context: RunContext, modelName: string, signal: AbortSignal): Promise<ModelResult> {
    const model = context.graph.models.get(modelName);
    const planned = context.plan.get(modelName);
    if (model === undefined || planned === undefined) {
        throw new Error(`not in the plan: ${modelName}`);
    }
    const damage = context.graph.damageOrNull(modelName);
    if (damage !== null) {
        throw makeDamageError(modelName, damage);
    }
    if (planned.refusal !== null && context.options.command !== "test") {
        throw planned.refusal;
    }
    const isStale = planned.action === "all" || planned.action === "affected" || context.madeStale.has(modelName);
    return model.materialisation === "table" && context.options.command !== "test" && isStale
        ? buildAndTest(context, model, planned, signal)
        : onlyTest(context, planned, signal);
}

async function buildAndTest(
    context: RunContext,
    model: TableModel,
    planned: PlannedModel,
    signal: AbortSignal,
): Promise<ModelResult> {
    const { session, graph, runId, options } = context;
    const target = context.targets.get(model.name);
    if (target === undefined) {
        throw new Error(`no target: ${model.name}`);
    }
    await logModelStarted(session, runId, model.name);
    const downstream = graph
        .tablesDownstreamOf(model.name)
        .filter((name) => context.built.has(name))
        .flatMap((name) => {
            const reader = context.targets.get(name);
            return reader === undefined ? [] : [{ target: reader, isRedefined: context.state.redefined.has(name) }];
        });
    const built = await retryConflicts(() =>
        session.withTransaction(
            (connection) =>
                buildTable(connection, {
                    runId,
                    planned,
                    target,
                    fingerprint: context.fingerprints.get(model.name) ?? null,
                    graph,
                    downstream,
                    tests: options.command === "run" ? [] : testsOfBuild(context, model.name),
                    isOwnAffair: (test) => isAnswerOwnAffair(context, test),
                    wholeModelShare: options.wholeModelShare ?? wholeModelShareDefault,
                    threads: options.threads,
                    onEvent: context.onEvent,
                }),
            false,
            signal,
        ),
    );
    context.built.add(model.name);
    if (built.isRetyped) {
        context.fingerprints = (await loadDefinitions(session)).fingerprints;
    }
    context.testOutcomes.push(...built.outcomes);
    for (const name of built.queued) {
        context.madeStale.add(name);
    }
    const { rows } = built.model;
    if (rows !== null && rows.inserted + rows.updated + rows.deleted > 0) {
        context.changedTables.set(model.name, rows);
    }
    const answer = built.model.scope?.kind === "none" ? await testAgain(context, planned, signal) : built.model;
    if (answer.status === "ok") {
        return built.model;
    }
    const failed = { ...built.model, status: answer.status, message: answer.message };
    context.unlogged.push(failed);
    return failed;
}

/** Runs all tests of a redefined model: its current constraints may change, so they guarantee nothing. */
function testsOfBuild({ graph, state, testsOf }: RunContext, modelName: string): readonly DataTest[] {
    return state.redefined.has(modelName) ? graph.testsOf(modelName) : testsOf(modelName);
}

/** Tests a model that needs no build. */
async function onlyTest(context: RunContext, planned: PlannedModel, signal: AbortSignal): Promise<ModelResult> {
    const { modelName } = planned;
    const scope: Scope =
        planned.action === "view" ? { kind: "view", reason: planned.reason } : { kind: "none", reason: "nothing new" };
    context.onEvent({ type: "model-scoped", modelName, scope });
    const result = { modelName, scope, rows: null, durationMs: 0, ...(await testAgain(context, planned, signal)) };
    context.unlogged.push(result);
    return result;
}

/** Runs those tests of a model that was not built whose result may differ from the last one. */
async function testAgain(
    context: RunContext,
    planned: PlannedModel,
    signal: AbortSignal,
): Promise<Pick<ModelResult, "status" | "message">> {
    const isUnasked = context.options.command === "run";
    const outcomes = isUnasked ? [] : await runTests(context, testsThatMayAnswerDifferently(context, planned), signal);
    const failed = outcomes.filter((outcome) => blocksPublishing(outcome.result));
    return failed.length === 0
        ? { status: "ok", message: null }
        : {
              status: "failed",
              message: await blameStaleUpstream(context, planned.modelName, describeFailedTests(failed)),
          };
}

function testsThatMayAnswerDifferently(context: RunContext, { modelName, action }: PlannedModel): readonly DataTest[] {
    const { graph, options, state, changedSources, changedTables } = context;
    const tests = context.testsOf(modelName);
    const hasNews = (name: string): boolean => changedSources.has(name) || changedTables.has(name);
    const reads = graph.tablesUpstreamOf(modelName).map(({ upstreamName }) => upstreamName);
    if (options.command === "test" || (action === "view" && reads.some(hasNews))) {
        return tests;
    }
    return tests.filter((test) => {
        const last = state.lastAnswers.get(test.name);
        const isOpen = last === undefined || ["failed", "broken"].includes(last.status);
        return isOpen || isAnswerOutdated(context, test);
    });
}

async function runTests(
    context: RunContext,
    tests: readonly DataTest[],
    signal: AbortSignal,
): Promise<readonly DataTestOutcome[]> {
    if (tests.length === 0) {
        return [];
    }
    const outcomes = await context.session.withTransaction(
        async (connection) => {
            const found: DataTestOutcome[] = [];
            await withDataTests(connection, async () => {
                for (const test of tests) {
                    const outcome = await runDataTest(connection, test);
                    context.onEvent({ type: "test-finished", result: outcome.result });
                    found.push(outcome);
                }
            });
            return found;
        },
        true,
        signal,
    );
    context.testOutcomes.push(...outcomes);
    await logTestOutcomes(context.session, context.runId, outcomes);
    return outcomes;
}

async function describeFailure(
    context: RunContext,
    error: unknown,
    {
        modelName,
        durationMs,
        isStopped,
    }: Pick<ModelResult, "modelName" | "durationMs"> & { readonly isStopped: boolean },
): Promise<ModelResult> {
    const isCancelled = isStopped && !(error instanceof AuditFailure);
    const result: ModelResult = {
        modelName,
        status: isCancelled ? "cancelled" : "failed",
        scope: error instanceof AuditFailure ? error.scope : null,
        rows: null,
        durationMs,
        message: isCancelled
            ? stopped
            : error instanceof AuditFailure
              ? await blameStaleUpstream(context, modelName, describeError(error))
              : describeError(error),
        ...(error instanceof StatementError && error.position !== undefined
            ? { place: { sql: error.sql, position: error.position } }
            : {}),
    };
    context.unlogged.push(result);
    if (error instanceof AuditFailure) {
        context.testOutcomes.push(...error.outcomes);
        // If this fails too, the database is gone, and the end of the run reports that.
        await logTestOutcomes(context.session, context.runId, error.outcomes).catch(() => undefined);
    }
    return result;
}

/** Adds to a message about failed tests which stale models should be built first, if there are any. */
async function blameStaleUpstream(context: RunContext, modelName: string, message: string): Promise<string> {
    // This only improves the message; if it fails, report just the failed tests.
    const explanation = await explainStaleUpstreamOrNull(context, modelName).catch(() => null);
    return explanation === null ? message : `${message}. ${explanation}`;
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
