import { makePathFinder, type Stretch } from "./find-path.js";
import { layerGraph, type GraphEdge, type GraphNode, type Item, type LayeredGraph } from "./layer-graph.js";
import { orderLayers, type LayerOrder } from "./order-layers.js";
import { labelWidth, paintChannel, paintLayer, type Canvas } from "./paint-graph.js";
import { placeColumns } from "./place-columns.js";
import { placeItems } from "./place-items.js";
import { routeChannel, type Net } from "./route-channel.js";
import { asciiStrokes, unicodeStrokes } from "./strokes.js";

export interface DrawGraphOptions {
    /** 1 draws a node as its text between two vertical lines, 3 as a box. */
    readonly boxHeight: 1 | 3;
    readonly isAscii: boolean;
    /** In terminal cells; longer texts are cut. */
    readonly maxLabelWidth: number;
}

/** Where a node is drawn, including its frame, in terminal cells. */
export interface DrawnBox {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
    readonly layer: number;
}

/** A drawn graph of any size; viewers show a part of it. */
export interface GraphDrawing {
    readonly width: number;
    readonly height: number;
    /** One text for each row and column; the cell after a wide glyph is empty. */
    readonly cells: readonly (readonly string[])[];
    readonly boxes: ReadonlyMap<string, DrawnBox>;
    /** Ids of the nodes of each layer, from left to right and from top to bottom. */
    readonly layers: readonly (readonly string[])[];
    /** The cells between the boxes of two nodes; empty when there is no edge. */
    readonly pathOf: (from: string, to: string) => readonly Stretch[];
}

/**
 * Draws nodes as boxes in layers from left to right, and edges as lines between them, with few crossings. The edges from one
 * node branch off one line, and those to one node join in one. Where other lines cross, the vertical one is drawn on top.
 *
 * @throws RangeError when the edges make a cycle.
 */
export function drawGraph(
    nodes: readonly GraphNode[],
    edges: readonly GraphEdge[],
    { boxHeight, isAscii, maxLabelWidth }: DrawGraphOptions,
): GraphDrawing {
    const graph = layerGraph(nodes, edges);
    const order = orderLayers(graph);
    const rows = placeAll(graph.items, order, boxHeight);
    const channels = order.map((layer) => routeChannel(netsOf(graph.items, layer, rows)));
    const strokes = isAscii ? asciiStrokes : unicodeStrokes;
    const widths = order.map((layer) => measureLayer(graph, layer, maxLabelWidth));
    const lefts = placeColumns(widths, channels);
    const lastRow = rows.reduce((one, other) => Math.max(one, other), -1);
    const stepRows = channels.flatMap(({ tracks }) => [...tracks.values()].flat().flatMap(({ to }) => to));
    const height = stepRows.reduce(
        (one, other) => Math.max(one, other + 1),
        rows.length === 0 ? 0 : lastRow + (boxHeight + 1) / 2,
    );
    const width = (lefts.at(-1) ?? 0) + (widths.at(-1) ?? 0);
    const canvas: Canvas = {
        cells: Array.from({ length: height }, () => new Array<string>(width).fill(" ")),
        strokes,
    };
    const boxes = new Map<string, DrawnBox>();
    for (const [layer, indexes] of order.entries()) {
        const place = { left: lefts[layer] ?? 0, width: widths[layer] ?? 0 };
        const right = place.left + place.width;
        const items = indexes.flatMap((index) => graph.items[index] ?? []);
        paintLayer(canvas, { ...place, boxHeight, graph, items, rows });
        paintChannel(canvas, {
            left: right,
            right: lefts[layer + 1] ?? right,
            nets: netsOf(graph.items, indexes, rows),
            channel: channels[layer] ?? { tracks: new Map(), trackCount: 0 },
        });
        for (const item of items.filter(({ isLine }) => !isLine)) {
            const top = (rows[item.index] ?? 0) - (boxHeight - 1) / 2;
            boxes.set(graph.nodes[item.node]?.id ?? "", { ...place, top, height: boxHeight, layer });
        }
    }
    return {
        width,
        height,
        cells: canvas.cells,
        boxes,
        layers: order.map((layer) =>
            layer.flatMap((index) => {
                const item = graph.items[index];
                return item === undefined || item.isLine ? [] : (graph.nodes[item.node]?.id ?? []);
            }),
        ),
        pathOf: makePathFinder(graph, { rows, channels, lefts, widths }),
    };
}

function placeAll(items: readonly Item[], order: LayerOrder, boxHeight: 1 | 3): readonly number[] {
    const half = (item: Item): number => (item.isLine ? 0 : (boxHeight - 1) / 2);
    // Nodes of one line need a free row between them; boxes have frames.
    const rows = placeItems(items, order, (upper, lower) =>
        boxHeight === 1 && !(upper.isLine && lower.isLine) ? 2 : half(upper) + half(lower) + 1,
    );
    return rows.map((row) => row + (boxHeight - 1) / 2);
}

function netsOf(items: readonly Item[], layer: readonly number[], rows: readonly number[]): readonly Net[] {
    return layer.flatMap((index) => {
        const after = items[index]?.after ?? [];
        return after.length === 0
            ? []
            : [{ item: index, from: rows[index] ?? 0, to: after.map((next) => rows[next] ?? 0) }];
    });
}

/** Frame, blank, text, blank, frame. */
function measureLayer({ items, nodes }: LayeredGraph, layer: readonly number[], maxLabelWidth: number): number {
    const widths = layer.flatMap((index) => {
        const item = items[index];
        return item === undefined || item.isLine ? [] : [labelWidth(nodes[item.node]?.label ?? "")];
    });
    return (
        Math.min(
            maxLabelWidth,
            widths.reduce((one, other) => Math.max(one, other), 1),
        ) + 4
    );
}
