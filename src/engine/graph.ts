import { groupBy } from "../config/group-by.js";
import { nearestTables, type ModelEdge } from "../warehouse/lineage.js";
import type { DataTest, Model, Registry, Source } from "../warehouse/registry.js";

export interface RelationName {
    readonly schema: string;
    readonly name: string;
}

/** The models as a directed acyclic graph, upstream to downstream. */
export interface Graph {
    readonly models: ReadonlyMap<string, Model>;
    readonly sources: ReadonlyMap<string, Source>;
    /** Model names, each after all models that it reads; alphabetical where the graph leaves a choice. */
    readonly order: readonly string[];
    readonly testsOf: (modelName: string) => readonly DataTest[];
    /** A clause that says how a model's relations were damaged; null if they were not. */
    readonly damageOrNull: (modelName: string) => string | null;
    /** The relation of a model or source in the database, where a source may have another name. */
    readonly relationOf: (name: string) => RelationName;
    /** Models and sources that a model reads directly. */
    readonly upstreamOf: (name: string) => readonly string[];
    /**
     * Models that only the tests of a model read: it comes after them, but runs even if they fail. Left out where that would create a
     * cycle.
     */
    readonly testedAgainst: (modelName: string) => readonly string[];
    /**
     * Tables and sources that a test reads although its model does not: their changes may alter the test's result without making any entity
     * of the model stale.
     */
    readonly askedElsewhere: (test: DataTest) => readonly string[];
    /** Models that read a model or source directly. */
    readonly downstreamOf: (name: string) => readonly string[];
    /** Sources and table models that a model reads directly or through views. */
    readonly tablesUpstreamOf: (modelName: string) => readonly ModelEdge[];
    /** Table models that read a table model directly or through views. */
    readonly tablesDownstreamOf: (modelName: string) => readonly string[];
}

export function makeGraph(registry: Registry): Graph {
    const models = new Map(registry.models.map((model) => [model.name, model]));
    const sources = new Map(registry.sources.map((source) => [source.name, source]));
    const upstream = groupBy(registry.edges, (edge) => edge.modelName);
    const downstream = groupBy(registry.edges, (edge) => edge.upstreamName);
    const tests = groupBy(registry.tests, (test) => test.modelName);
    const damages = new Map(registry.damages.map(({ modelName, problem }) => [modelName, problem]));
    const tables = new Map<string, readonly ModelEdge[]>();
    const tablesDownstream = new Map<string, string[]>();
    for (const model of registry.models) {
        const edges = nearestTables(model.name, upstream, (name) => models.get(name)?.materialisation === "view");
        tables.set(model.name, edges);
        if (model.materialisation === "table") {
            for (const edge of edges) {
                if (edge.upstreamKind === "model") {
                    tablesDownstream.set(edge.upstreamName, [
                        ...(tablesDownstream.get(edge.upstreamName) ?? []),
                        model.name,
                    ]);
                }
            }
        }
    }
    const testedAgainst = findTestedAgainst(registry, (name) =>
        (upstream.get(name) ?? []).map((edge) => edge.upstreamName),
    );
    const tableNamesUpstreamOf = (name: string): readonly string[] =>
        (tables.get(name) ?? []).map((edge) => edge.upstreamName);
    const askedElsewhere = ({ modelName, refersTo }: DataTest): readonly string[] => {
        if (refersTo === null) {
            return [];
        }
        const isView = models.get(refersTo)?.materialisation === "view";
        const known = new Set([modelName, ...tableNamesUpstreamOf(modelName)]);
        return (isView ? tableNamesUpstreamOf(refersTo) : [refersTo]).filter((name) => !known.has(name));
    };
    return {
        models,
        sources,
        order: sortTopologically([...models.keys()], (name) => [
            ...(upstream.get(name) ?? [])
                .filter((edge) => edge.upstreamKind === "model")
                .map((edge) => edge.upstreamName),
            ...(testedAgainst.get(name) ?? []),
        ]),
        damageOrNull: (name) => damages.get(name) ?? null,
        relationOf: (name) => {
            const source = sources.get(name);
            return { schema: models.get(name)?.schema ?? source?.schema ?? "", name: source?.table ?? name };
        },
        testedAgainst: (name) => testedAgainst.get(name) ?? [],
        askedElsewhere,
        testsOf: (name) => tests.get(name) ?? [],
        upstreamOf: (name) => (upstream.get(name) ?? []).map((edge) => edge.upstreamName),
        downstreamOf: (name) => (downstream.get(name) ?? []).map((edge) => edge.modelName),
        tablesUpstreamOf: (name) => tables.get(name) ?? [],
        tablesDownstreamOf: (name) => tablesDownstream.get(name) ?? [],
    };
}

/** Everything upstream (or downstream) of the given names, without the names themselves, within `maxSteps` steps. */
export function reach(
    names: Iterable<string>,
    next: (name: string) => readonly string[],
    maxSteps = Number.POSITIVE_INFINITY,
): ReadonlySet<string> {
    const start = new Set(names);
    const found = new Set<string>();
    let frontier = [...start];
    for (let step = 0; step < maxSteps && frontier.length > 0; step++) {
        const following = new Set<string>();
        for (const name of frontier) {
            for (const neighbour of next(name)) {
                if (!found.has(neighbour) && !start.has(neighbour)) {
                    found.add(neighbour);
                    following.add(neighbour);
                }
            }
        }
        frontier = [...following];
    }
    return found;
}

/** For each model, the models that its tests read and that do not precede it anyway. */
function findTestedAgainst(
    registry: Registry,
    upstreamOf: (name: string) => readonly string[],
): ReadonlyMap<string, readonly string[]> {
    const found = new Map<string, string[]>();
    const before = (name: string): readonly string[] => [...upstreamOf(name), ...(found.get(name) ?? [])];
    const isModel = new Set(registry.models.map(({ name }) => name));
    for (const { modelName, refersTo } of registry.tests) {
        if (
            refersTo === null ||
            !isModel.has(refersTo) ||
            refersTo === modelName ||
            reach([modelName], before).has(refersTo)
        ) {
            continue;
        }
        if (!reach([refersTo], before).has(modelName)) {
            found.set(modelName, [...(found.get(modelName) ?? []), refersTo]);
        }
    }
    return found;
}

function sortTopologically(
    names: readonly string[],
    comesAfter: (name: string) => readonly string[],
): readonly string[] {
    const waitingFor = new Map(names.map((name) => [name, comesAfter(name).length]));
    const followers = groupBy(
        names.flatMap((name) => comesAfter(name).map((earlier) => ({ name, earlier }))),
        ({ earlier }) => earlier,
    );
    let ready = names.filter((name) => waitingFor.get(name) === 0).sort();
    const order: string[] = [];
    while (ready.length > 0) {
        order.push(...ready);
        const next: string[] = [];
        for (const finished of ready) {
            for (const { name } of followers.get(finished) ?? []) {
                const left = (waitingFor.get(name) ?? 0) - 1;
                waitingFor.set(name, left);
                if (left === 0) {
                    next.push(name);
                }
            }
        }
        ready = next.sort();
    }
    return order;
}
