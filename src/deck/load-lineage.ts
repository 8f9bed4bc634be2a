import type { Connection } from "../database/connection.js";
import { makeGraph, reach } from "../engine/graph.js";
import { findRelation } from "../browse/find-relation.js";
import { formatLineageTree, makeLineageTree } from "../text/graph/lineage-tree.js";
import { loadModelList, type ListedModel } from "../runs/model-list.js";
import { loadRegistry } from "../warehouse/registry.js";
import type { LineageContent, ReportCell, ReportTone } from "./block-content.js";

/**
 * The layers of the warehouse from the landing tables on: of all, or of what is up and downstream of one.
 *
 * @throws StardeckError `usage` for a name that is none.
 */
export async function loadLineage(connection: Connection, of: string | null): Promise<LineageContent> {
    const registry = await loadRegistry(connection);
    const graph = makeGraph(registry);
    const listed = await loadModelList(connection);
    const focus = of === null ? null : findRelation(registry, of).name;
    const related = focus === null ? null : relatives(focus, graph);
    const isShown = (name: string): boolean => related === null || related.has(name);
    // A source that nothing reads is on the slide of the sources.
    const sources = registry.sources.filter(({ name }) => isShown(name) && graph.downstreamOf(name).length > 0);
    const layers = new Map<string, ReportCell[]>();
    for (const { name, schema } of sources) {
        layers.set(schema, [...(layers.get(schema) ?? []), { text: name, tone: "plain" }]);
    }
    for (const name of graph.order.filter(isShown)) {
        const layer = graph.models.get(name)?.layer ?? "";
        layers.set(layer, [...(layers.get(layer) ?? []), { text: name, tone: toneOf(listed.get(name)) }]);
    }
    const shown = [...layers.values()].flat().map(({ text }) => text);
    return {
        edges: shown.flatMap((from) =>
            graph
                .downstreamOf(from)
                .filter(isShown)
                .map((to) => ({ from, to })),
        ),
        layers: [...layers].map(([name, members]) => ({ name, members })),
        focus:
            focus === null
                ? null
                : {
                      name: focus,
                      upstream: formatLineageTree(makeLineageTree(focus, graph.upstreamOf), (name) => name),
                      downstream: formatLineageTree(makeLineageTree(focus, graph.downstreamOf), (name) => name),
                  },
    };
}

function relatives(name: string, graph: ReturnType<typeof makeGraph>): ReadonlySet<string> {
    return new Set([name, ...reach([name], graph.upstreamOf), ...reach([name], graph.downstreamOf)]);
}

const tones: Readonly<Record<string, ReportTone>> = { failed: "failed", skipped: "warned", cancelled: "warned" };

function toneOf(model: ListedModel | undefined): ReportTone {
    if (model?.lastStatus === "ok") {
        return model.failedTestCount > 0 ? "failed" : model.warnedTestCount > 0 ? "warned" : "ok";
    }
    return tones[model?.lastStatus ?? ""] ?? "dim";
}
