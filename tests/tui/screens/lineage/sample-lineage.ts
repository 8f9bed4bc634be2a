import { makeGraph, type Graph } from "../../../../src/engine/graph.js";
import type { ModelStatus } from "../../../../src/runs/run.js";
import type { ListedModel } from "../../../../src/runs/model-list.js";
import { sampleRegistry } from "../../../engine/sample-registry.js";

function byName<T>(items: readonly T[], nameOf: (item: T) => string): readonly T[] {
    return [...items].sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
}

/** The sample's graph with its edges by name, as the catalog gives them. */
export const sampleGraph: Graph = makeGraph({
    ...sampleRegistry,
    edges: byName(
        byName(sampleRegistry.edges, ({ upstreamName }) => upstreamName),
        ({ modelName }) => modelName,
    ),
});

/** What the list of models says of one, when it last ran like this; null for never. */
export function makeListed(modelName: string, lastStatus: ModelStatus | null, warnedTestCount = 0): ListedModel {
    return {
        modelName,
        layer: "warehouse",
        materialisation: "table",
        description: "",
        tags: [],
        estimatedRows: null,
        isBuilt: lastStatus !== null,
        lastStatus,
        lastRunAtMs: null,
        lastBuildMs: null,
        testCount: 1,
        failedTestCount: 0,
        warnedTestCount,
        knownTestCount: 0,
    };
}
