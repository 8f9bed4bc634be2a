import type { Connection } from "../database/connection.js";
import { makeGraph, reach, type Graph } from "../engine/graph.js";
import {
    describeColumn,
    findNodeOrNull,
    loadColumnLineage,
    type ColumnLineage,
} from "../browse/load-column-lineage.js";
import { findRelation } from "../browse/find-relation.js";
import { formatLineageTree, makeLineageTree } from "../text/graph/lineage-tree.js";
import { loadModelList, type ListedModel } from "../runs/model-list.js";
import { loadRegistry } from "../warehouse/registry.js";
import type { LineageContent, ReportCell, ReportTone } from "./block-content.js";

/**
 * The layers from the landing tables on: of the whole warehouse, or upstream and downstream of a model, source or column.
 *
 * @throws StardeckError `usage` for an unknown name.
 */
export async function loadLineage(connection: Connection, of: string | null): Promise<LineageContent> {
    const registry = await loadRegistry(connection);
    const graph = makeGraph(registry);
    const listed = await loadModelList(connection);
    if (of?.includes(".") === true && findNodeOrNull(graph, of) === null) {
        return arrangeColumns(await loadColumnLineage(connection, graph, of), graph);
    }
    const focus = of === null ? null : findRelation(registry, of).name;
    const related = focus === null ? null : relatives(focus, graph);
    const isShown = (name: string): boolean => related === null || related.has(name);
    // Sources that nothing reads are left out.
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

/** The columns upstream and downstream of a column, in the layers of their models. */
function arrangeColumns({ name, relation, column, graph: columns }: ColumnLineage, graph: Graph): LineageContent {
    const key = `${relation}.${column}`;
    const shown = new Set([key, ...reach([key], columns.madeFrom), ...reach([key], columns.usedBy)]);
    const nodes = [...graph.sources.keys(), ...graph.order].map((node) => graph.relationOf(node));
    const layers = new Map<string, ReportCell[]>();
    const labels = new Map<string, string>();
    for (const node of nodes) {
        const prefix = `${node.schema}.${node.name}.`;
        for (const each of [...shown].filter((one) => one.startsWith(prefix)).sort()) {
            const short = each.slice(node.schema.length + 1);
            const text = [...labels.values()].includes(short) ? each : short;
            labels.set(each, text);
            layers.set(node.schema, [...(layers.get(node.schema) ?? []), { text, tone: "plain" }]);
        }
    }
    const label = (each: string): string => labels.get(each) ?? each;
    const describe = (each: string): string => describeColumn(each, columns).replace(each, () => label(each));
    const tree = (next: (each: string) => readonly string[]): readonly string[] =>
        formatLineageTree(makeLineageTree(key, next), describe);
    return {
        edges: [...shown].flatMap((from) =>
            columns
                .usedBy(from)
                .filter((to) => shown.has(to))
                .map((to) => ({ from: label(from), to: label(to) })),
        ),
        layers: [...layers].map(([layer, members]) => ({ name: layer, members })),
        focus: { name: label(key), upstream: tree(columns.madeFrom), downstream: tree(columns.usedBy) },
        column: {
            of: name,
            title: describe(key),
            made: [...labels].flatMap(([each, text]) => {
                const expressions = columns.expressionsOf(each);
                return expressions.length === 0 ? [] : [{ name: text, expression: expressions.join(" or ") }];
            }),
            rowsDecidedBy: columns.rowsOf(relation),
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
