import { reach, type Graph } from "../../../engine/graph.js";
import { drawGraph, type GraphDrawing } from "../../../text/graph/draw-graph.js";
import type { Step } from "./walk-lineage.js";

const longestLabel = 34;
/** With more boxes than this in a layer, boxes are one line high: boxes of three lines would need too much scrolling. */
const mostTallBoxes = 16;

/** Draws what is upstream and downstream of a model or source; with null the whole warehouse. */
export function drawLineage(graph: Graph, focus: string | null, isAscii: boolean): GraphDrawing {
    const names =
        focus === null
            ? [...graph.sources.keys(), ...graph.order]
            : [...reach([focus], graph.upstreamOf), focus, ...reach([focus], graph.downstreamOf)];
    // In build order, so that the same warehouse always looks the same.
    const shown = new Set(names);
    const ordered = [...graph.sources.keys(), ...graph.order].filter((name) => shown.has(name));
    // The two cells in front are for the state, which changes while the drawing stays.
    const nodes = ordered.map((name) => ({ id: name, label: `  ${name}` }));
    const edges = ordered.flatMap((to) => graph.upstreamOf(to).map((from) => ({ from, to })));
    const draw = (boxHeight: 1 | 3): GraphDrawing =>
        drawGraph(nodes, edges, { boxHeight, isAscii, maxLabelWidth: longestLabel });
    const flat = draw(1);
    return Math.max(0, ...flat.layers.map((layer) => layer.length)) > mostTallBoxes ? flat : draw(3);
}

/** `drawLineage` that keeps its last drawing. */
export function makeLineageDrawer(): typeof drawLineage {
    let known: { readonly of: Parameters<typeof drawLineage>; readonly drawing: GraphDrawing } | null = null;
    return (...wanted) => {
        if (known === null || known.of.some((part, index) => part !== wanted[index])) {
            known = { of: wanted, drawing: drawLineage(...wanted) };
        }
        return known.drawing;
    };
}

/** The node that a step leads to: the nearest one along an edge, or the next one up or down in its layer; null when there is none. */
export function walkDrawingOrNull(drawing: GraphDrawing, graph: Graph, from: string, step: Step): string | null {
    const box = drawing.boxes.get(from);
    if (box === undefined) {
        return null;
    }
    switch (step) {
        case "upstream":
        case "downstream": {
            const names = step === "upstream" ? graph.upstreamOf(from) : graph.downstreamOf(from);
            const distance = (name: string): number => {
                const other = drawing.boxes.get(name);
                return other === undefined
                    ? Infinity
                    : Math.abs(other.top - box.top) + Math.abs(other.layer - box.layer);
            };
            return (
                [...names]
                    .sort((one, other) => distance(one) - distance(other))
                    .find((name) => drawing.boxes.has(name)) ?? null
            );
        }
        case "next":
        case "previous":
            return stepInLayerOrNull(drawing, from, step === "next" ? 1 : -1);
    }
}

/** The node `by` places up or down in the layer, at most at its end; null when that is the same node. */
export function stepInLayerOrNull({ boxes, layers }: GraphDrawing, from: string, by: number): string | null {
    const layer = layers[boxes.get(from)?.layer ?? -1] ?? [];
    const place = layer.indexOf(from);
    const next = Math.max(0, Math.min(place + by, layer.length - 1));
    return next === place ? null : (layer[next] ?? null);
}

/** The node whose box is at a cell; row and column count from the corner of the window. */
export function boxAtOrNull(
    { boxes }: GraphDrawing,
    offset: { readonly top: number; readonly left: number } | null,
    at: { readonly row: number; readonly column: number },
): string | null {
    const row = at.row + (offset?.top ?? 0);
    const column = at.column + (offset?.left ?? 0);
    for (const [name, { top, left, width, height }] of boxes) {
        if (row >= top && row < top + height && column >= left && column < left + width) {
            return name;
        }
    }
    return null;
}
