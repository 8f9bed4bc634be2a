import type { Connection } from "../database/connection.js";
import { StardeckError } from "../database/errors.js";
import type { BuildState } from "../runs/build-state.js";
import { mappingOf } from "../warehouse/mappings.js";
import type { Source } from "../warehouse/registry.js";
import { historyName } from "../project/source-history.js";
import { isCompared } from "../warehouse/source-kind.js";
import type { Graph } from "./graph.js";
import type { LandingFacts } from "./landing-mark.js";
import type { RefreshedCopies } from "./refresh-copies.js";
import type { SourceState } from "../runs/source-state.js";
import { findSourceDelta, type SourceDelta } from "./source-delta.js";

/** What a run plans to do with one model. Only the run itself finds out what changes of other models affect. */
export interface PlannedModel {
    readonly modelName: string;
    readonly action:
        /** Recompute everything. */
        | "all"
        /** Something may be stale: a source has news, or entities are queued. */
        | "affected"
        /** Stale only if a planned upstream model turns out to change. */
        | "if-upstream-changes"
        /** A source cannot be read or has lost rows, and the user has not accepted that. */
        | "refused"
        /** Nothing to build. */
        | "none"
        /** A view: only its tests can run. */
        | "view";
    readonly reason: string;
    /** What is new in each source that the model reads, directly or through views. */
    readonly deltas: ReadonlyMap<string, SourceDelta>;
    /** Why it is refused; null when it is not. */
    readonly refusal: StardeckError | null;
}

export interface Plan {
    /** In build order. */
    readonly models: readonly PlannedModel[];
}

export interface PlanOptions {
    readonly modelNames: readonly string[];
    readonly fullRefresh: boolean;
    /** Build from sources that lost rows. A full refresh does so anyway. */
    readonly acceptSourceShrink: boolean;
    /** What the run found when it refreshed the copies of sources; null if it has not refreshed them. */
    readonly refreshed: RefreshedCopies | null;
    /** What the catalog says about each source. */
    readonly facts: ReadonlyMap<string, LandingFacts>;
    /** Only for display: reads no landing table whole, and leaves open what that does not tell. */
    readonly isGlance?: boolean;
}

/** Computes what a run over the given models would do, and why. Reads the sources, changes nothing. */
export async function makePlan(
    connection: Connection,
    graph: Graph,
    state: BuildState,
    options: PlanOptions,
): Promise<Plan> {
    const findDelta = makeDeltaFinder(connection, graph, options);
    const models: PlannedModel[] = [];
    const mayChange = new Set<string>();
    for (const modelName of options.modelNames) {
        const planned = await planModel(graph, state, modelName, options, mayChange, findDelta);
        models.push(planned);
        if (!["none", "view", "refused"].includes(planned.action)) {
            mayChange.add(modelName);
        }
    }
    return { models };
}

/** The reason for a model with `rebuild: "always"`. */
export const rebuiltAlways = "every build computes all its rows";

/** The error for a damaged model, whose build would be wrong or would miss new rows. */
export function makeDamageError(modelName: string, problem: string): StardeckError {
    return new StardeckError(`${modelName} cannot be built: ${problem}.`, {
        code: "failed",
        hint: "Put what it reads in its place as it is declared: the next build binds the view to it.",
    });
}

type FindDelta = (sourceName: string, known: SourceState | null) => Promise<SourceDelta>;

async function planModel(
    graph: Graph,
    state: BuildState,
    modelName: string,
    { fullRefresh, acceptSourceShrink, refreshed, facts, isGlance = false }: PlanOptions,
    mayChange: ReadonlySet<string>,
    findDelta: FindDelta,
): Promise<PlannedModel> {
    const isView = graph.models.get(modelName)?.materialisation === "view";
    const upstream = graph.tablesUpstreamOf(modelName);
    const deltas = new Map<string, SourceDelta>();
    if (!isView) {
        for (const { upstreamName, upstreamKind } of upstream) {
            if (upstreamKind === "source") {
                const problem =
                    findProblemOrNull(graph, upstreamName, facts) ?? refreshed?.refused.get(upstreamName) ?? null;
                if (problem !== null) {
                    return { modelName, action: "refused", reason: problem.message, deltas, refusal: problem };
                }
                // A model that was never built is rebuilt in any case, so a glance need not read its sources.
                const source = graph.sources.get(upstreamName);
                const isInCopy = source !== undefined && isCompared(source);
                // If copies were refreshed, their changes are already queued.
                if ((!isGlance || state.built.has(modelName)) && !(isInCopy && refreshed !== null)) {
                    const known = isInCopy
                        ? (state.copies.get(upstreamName)?.state ?? null)
                        : state.sourceStateOf(modelName, upstreamName);
                    deltas.set(upstreamName, await findDelta(upstreamName, known));
                    const origin = originOrNull(graph, upstreamName);
                    if (origin !== null && refreshed === null) {
                        deltas.set(origin, await findDelta(origin, state.copies.get(origin)?.state ?? null));
                    }
                }
            }
        }
    }
    const plan = (
        action: PlannedModel["action"],
        reason: string,
        refusal: StardeckError | null = null,
    ): PlannedModel => ({ modelName, action, reason, deltas, refusal });
    const damage = graph.damageOrNull(modelName);
    if (damage !== null) {
        return plan(isView ? "view" : "all", damage);
    }
    if (isView) {
        return plan("view", "a view: its tests only");
    }
    if (fullRefresh) {
        return plan("all", "full refresh");
    }
    if (!state.built.has(modelName)) {
        return plan("all", "never built");
    }
    const loss = [...deltas.values()].find((delta) => delta.loss !== null)?.loss ?? null;
    if (loss !== null && !acceptSourceShrink) {
        return plan("refused", loss.message, loss);
    }
    const redefinition = state.redefined.get(modelName);
    if (redefinition !== undefined) {
        // If a view was bound to another landing table, say that: it explains the changed definition.
        const reread = [...deltas].filter(([, delta]) => delta.condition === "true");
        return plan("all", reread.length > 0 ? describeNews(reread) : redefinition);
    }
    if (graph.models.get(modelName)?.rebuild === "always") {
        return plan("all", rebuiltAlways);
    }
    const news = [...deltas].filter(([, delta]) => delta.condition !== null);
    if (news.length > 0) {
        return plan("affected", describeNews(news));
    }
    if (state.queued.has(modelName)) {
        return plan("affected", "earlier changes upstream");
    }
    const planned = upstream
        .map((edge) => edge.upstreamName)
        .filter((name) => mayChange.has(name) || deltas.get(name)?.isUncertain === true);
    return planned.length > 0
        ? plan("if-upstream-changes", `if ${planned.join(" or ")} changes${describeWhole(graph, modelName, planned)}`)
        : plan("none", "nothing new");
}

/** The source whose versions a history source contains; null for other sources. */
function originOrNull(graph: Graph, sourceName: string): string | null {
    const origin = [...graph.sources.values()].find(
        (source) => source.keepsHistory && historyName(source.name) === sourceName,
    );
    return origin?.name ?? null;
}

/** Says why a model would be rebuilt whole, if that holds for all upstreams that may change. */
function describeWhole(graph: Graph, modelName: string, upstreamNames: readonly string[]): string {
    const model = graph.models.get(modelName);
    const mappings = model?.materialisation === "table" ? upstreamNames.map((name) => mappingOf(model, name)) : [];
    const [first] = mappings;
    return first?.kind === "whole" && mappings.every(({ kind }) => kind === "whole")
        ? `, and then whole: ${first.reason}`
        : "";
}

function describeNews(deltas: readonly (readonly [sourceName: string, delta: SourceDelta])[]): string {
    return deltas.map(([name, delta]) => `${name}: ${delta.reason}`).join(", ");
}

/** The error for a source that this role cannot read completely; null if it can. */
function findProblemOrNull(graph: Graph, sourceName: string, facts: PlanOptions["facts"]): StardeckError | null {
    const known = facts.get(sourceName);
    const problem = known === undefined ? "is missing" : known.problem;
    return problem === null
        ? null
        : new StardeckError(`The landing table ${describeRelation(graph.sources.get(sourceName))} ${problem}.`, {
              code: "failed",
              hint: "`stardeck debug` says of each source what is wrong with it.",
          });
}

function describeRelation(source: Source | undefined): string {
    return source === undefined ? "" : `${source.schema}.${source.table}`;
}

/** Reads a source only once for all models with the same known state of it. */
function makeDeltaFinder(connection: Connection, graph: Graph, options: PlanOptions): FindDelta {
    const found = new Map<string, SourceDelta>();
    return async (sourceName, known) => {
        const key = JSON.stringify([sourceName, known]);
        const source = graph.sources.get(sourceName);
        if (source === undefined) {
            throw new Error(`the lineage names a source that is not registered: ${sourceName}`);
        }
        const facts = options.facts.get(sourceName);
        if (facts === undefined) {
            throw new Error(`nothing is known of the source: ${sourceName}`);
        }
        const delta = found.get(key) ?? (await findSourceDelta(connection, source, known, facts, options.isGlance));
        found.set(key, delta);
        return delta;
    };
}
