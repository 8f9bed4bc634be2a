import type { Fingerprint } from "../warehouse/fingerprints.js";
import { refreshMappings } from "../warehouse/refresh-mappings.js";
import { loadRegistry, type DataTest, type TableModel } from "../warehouse/registry.js";
import type { BuildOptions } from "./build-options.js";
import { loadBuildState, type BuildState } from "../runs/build-state.js";
import type { BuildListener, ModelResult } from "./events.js";
import type { RowCounts } from "../runs/run.js";
import { makeGraph, type Graph } from "./graph.js";
import type { LandingFacts } from "./landing-mark.js";
import { makePlan, type PlannedModel } from "./plan.js";
import type { DataTestOutcome } from "../runs/run-log.js";
import { loadHeldTests } from "../runs/test-list.js";
import { loadTypicalDurationsMs } from "../runs/past-durations.js";
import type { RefreshedCopies } from "./refresh-copies.js";
import { retryConflicts } from "./retry-conflicts.js";
import type { Session } from "./session.js";
import { loadTargets, type Target } from "./target.js";

/** One run: its options, what it found at the start, and what has happened since. */
export interface RunContext {
    readonly session: Session;
    readonly graph: Graph;
    readonly runId: string;
    /** In build order. */
    readonly modelNames: readonly string[];
    readonly options: BuildOptions;
    readonly onEvent: BuildListener;
    /** What the catalog and the server's counters said about each source before the run read anything. */
    readonly facts: ReadonlyMap<string, LandingFacts>;
    /** What the run found when it refreshed the copies of sources; null for a run that builds nothing. */
    readonly refreshed: RefreshedCopies | null;

    readonly state: BuildState;
    readonly plan: ReadonlyMap<string, PlannedModel>;
    readonly targets: ReadonlyMap<string, Target>;
    /** The tests of a model, without those that the table's constraints guarantee. */
    readonly testsOf: (modelName: string) => readonly DataTest[];
    /** Aborted with the run, or when this one model is cancelled. */
    readonly signalOf: (modelName: string) => AbortSignal;
    /** Median duration of a model's last builds, in milliseconds. */
    readonly typicalMs: ReadonlyMap<string, number>;
    /** Sources with rows that a planned model has not read. */
    readonly changedSources: ReadonlySet<string>;

    /** The fingerprint of each model; loaded again after a build had to make views again. */
    fingerprints: BuildState["fingerprints"];
    /** Tables in which this run changed rows, and how many. */
    readonly changedTables: Map<string, RowCounts>;
    /** Models that this run made stale by publishing something upstream. */
    readonly madeStale: Set<string>;
    /** Tables that were built before or by this run. */
    readonly built: Set<string>;
    /** Results that are not yet recorded in `ops`. */
    readonly unlogged: ModelResult[];
    /** The outcome of every test that was run. */
    readonly testOutcomes: DataTestOutcome[];
}

type Run = Pick<RunContext, "session" | "graph" | "runId" | "modelNames" | "options" | "facts" | "refreshed">;

/** Loads plan, state and catalog in one snapshot, after deriving mappings again that a changed view or function has outdated. */
export async function prepareRun(run: Run, onEvent: BuildListener): Promise<RunContext> {
    const found = await loadRun(run, onEvent);
    const { session, graph, state } = found;
    const isOutdated = [...graph.models.values()].some(
        (model) =>
            model.materialisation === "table" &&
            graph.damageOrNull(model.name) === null &&
            (model.mappingsOf === null ||
                describesOther(state.fingerprints.get(model.name) ?? model.fingerprint, model.fingerprint)),
    );
    if (!isOutdated) {
        return found;
    }
    const renewed = await retryConflicts(() =>
        session.withTransaction(async (connection) => {
            const { fingerprints } = state;
            if ((await refreshMappings(connection, { fingerprints })).length === 0) {
                return null;
            }
            const registry = await loadRegistry(connection);
            // Keep this run's messages: only they say why a view could not be bound.
            const damages = registry.damages.map(({ modelName, problem }) => ({
                modelName,
                problem: graph.damageOrNull(modelName) ?? problem,
            }));
            return makeGraph({ ...registry, damages });
        }, false),
    );
    return renewed === null ? found : loadRun({ ...run, graph: renewed }, onEvent);
}

function describesOther(one: Fingerprint, other: Fingerprint): boolean {
    const names = Object.keys(one);
    return names.length !== Object.keys(other).length || names.some((name) => one[name] !== other[name]);
}

async function loadRun(run: Run, onEvent: BuildListener): Promise<RunContext> {
    const { session, graph, modelNames, options, facts, refreshed } = run;
    const { signal, signalOfModel } = options;
    const tables = [...graph.models.values()].filter((model): model is TableModel => model.materialisation === "table");
    const found = await retryConflicts(() =>
        session.withTransaction(async (connection) => {
            const state = await loadBuildState(connection);
            return {
                state,
                plan: await makePlan(connection, graph, state, {
                    modelNames,
                    fullRefresh: options.fullRefresh,
                    acceptSourceShrink: options.acceptSourceShrink ?? false,
                    refreshed,
                    facts,
                }),
                targets: await loadTargets(connection, tables),
                heldTests: await loadHeldTests(connection),
                typicalMs: await loadTypicalDurationsMs(connection, modelNames),
            };
        }, true),
    );
    return {
        ...run,
        onEvent,
        state: found.state,
        plan: new Map(found.plan.models.map((model) => [model.modelName, model])),
        targets: found.targets,
        testsOf: (modelName) => graph.testsOf(modelName).filter(({ name }) => !found.heldTests.has(name)),
        signalOf: (modelName) =>
            signalOfModel === undefined ? signal : AbortSignal.any([signal, signalOfModel(modelName)]),
        typicalMs: found.typicalMs,
        changedSources: new Set([
            ...(refreshed?.changed.keys() ?? []),
            ...found.plan.models.flatMap(({ deltas }) =>
                [...deltas].filter(([, delta]) => delta.condition !== null).map(([name]) => name),
            ),
        ]),
        fingerprints: found.state.fingerprints,
        changedTables: new Map(),
        madeStale: new Set(),
        built: new Set(found.state.built),
        unlogged: [],
        testOutcomes: [],
    };
}
