import { reach, type Graph } from "../../../engine/graph.js";
import { drawGraph, type GraphDrawing } from "../../../text/graph/draw-graph.js";
import type { Step } from "./walk-lineage.js";

const longestLabel = 34;
/** From so many boxes above each other on, a node takes one line: boxes of three would be a long way to scroll. */
const mostTallBoxes = 16;

/** Draws what a model or source is made from and what needs it; of null the whole warehouse. */
export function drawLineage(graph: Graph, focus: string | null, isAscii: boolean): GraphDrawing {
    const names =
        focus === null
            ? [...graph.sources.keys(), ...graph.order]
            : [...reach([focus], graph.upstreamOf), focus, ...reach([focus], graph.downstreamOf)];
    // In the order of the build, so that the same warehouse always looks the same.
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

/** A drawing that is kept until something else is to be drawn. */
export function makeLineageDrawer(): typeof drawLineage {
    let known: { readonly of: Parameters<typeof drawLineage>; readonly drawing: GraphDrawing } | null = null;
    return (...wanted) => {
        if (known === null || known.of.some((part, index) => part !== wanted[index])) {
            known = { of: wanted, drawing: drawLineage(...wanted) };
        }
        return known.drawing;
    };
}

/** The node that a step leads to: along an edge to the nearest one, or up and down in its layer; null where there is none. */
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

/** So many nodes up or down in the layer, at most to its end; null where that is where it is. */
export function stepInLayerOrNull({ boxes, layers }: GraphDrawing, from: string, by: number): string | null {
    const layer = layers[boxes.get(from)?.layer ?? -1] ?? [];
    const place = layer.indexOf(from);
    const next = Math.max(0, Math.min(place + by, layer.length - 1));
    return next === place ? null : (layer[next] ?? null);
}

/** The node whose box is there; row and column count from the corner of the window. */
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
