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

/** One run: what it was asked, what it found at the start, and what it has learnt since. */
export interface RunContext {
    readonly session: Session;
    readonly graph: Graph;
    readonly runId: string;
    /** In build order. */
    readonly modelNames: readonly string[];
    readonly options: BuildOptions;
    readonly onEvent: BuildListener;
    /** What the catalog and the server's counters said of each source before the run read anything. */
    readonly facts: ReadonlyMap<string, LandingFacts>;
    /** What the run found in the sources that are compared; null for a run that builds nothing. */
    readonly refreshed: RefreshedCopies | null;

    readonly state: BuildState;
    readonly plan: ReadonlyMap<string, PlannedModel>;
    readonly targets: ReadonlyMap<string, Target>;
    /** The tests that have something to say: those that the table's own constraints hold are left out. */
    readonly testsOf: (modelName: string) => readonly DataTest[];
    /** Aborted when the run is, or when this one model is not wanted any more. */
    readonly signalOf: (modelName: string) => AbortSignal;
    /** Median duration of a model's last builds, in milliseconds. */
    readonly typicalMs: ReadonlyMap<string, number>;
    /** Sources with rows that some planned model has not read. */
    readonly changedSources: ReadonlySet<string>;

    /** What decides the rows of each model; read again when a build had to make views again. */
    fingerprints: BuildState["fingerprints"];
    /** Tables in which this run changed rows, and how many. */
    readonly changedTables: Map<string, RowCounts>;
    /** Models that this run made stale: something upstream was published. */
    readonly madeStale: Set<string>;
    /** Tables that exist with data now: built before or by this run. */
    readonly built: Set<string>;
    /** Results that no transaction of their own has entered in `ops`. */
    readonly unlogged: ModelResult[];
    /** Every test that was run. */
    readonly testOutcomes: DataTestOutcome[];
}

type Run = Pick<RunContext, "session" | "graph" | "runId" | "modelNames" | "options" | "facts" | "refreshed">;

/** Reads plan, state and catalog as of one moment; before that, mappings that somebody's change of a view or function has outdated are derived anew. */
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
            // Why a view could not be bound anew is known to this run alone.
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
