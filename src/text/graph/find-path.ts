import type { Item, LayeredGraph } from "./layer-graph.js";
import { columnOf } from "./place-columns.js";
import type { Channel } from "./route-channel.js";

/** A part of an edge along a row or a column, including both ends. */
export interface Stretch {
    readonly row: number;
    readonly column: number;
    readonly toRow: number;
    readonly toColumn: number;
}

/** Where each node and line is. */
export interface GraphLayout {
    /** The row of each item, by its index. */
    readonly rows: readonly number[];
    /** The space after each layer. */
    readonly channels: readonly Channel[];
    /** The first column of each layer. */
    readonly lefts: readonly number[];
    /** The width of each layer. */
    readonly widths: readonly number[];
}

/** Finds the cells of the edge between two nodes; none when there is no edge. */
export function makePathFinder(
    { nodes, items }: LayeredGraph,
    layout: GraphLayout,
): (from: string, to: string) => readonly Stretch[] {
    const nodeItems = new Map(items.filter(({ isLine }) => !isLine).map((item) => [nodes[item.node]?.id, item]));
    return (from, to) => {
        const end = nodeItems.get(to);
        let item = nodeItems.get(from);
        const path: Stretch[] = [];
        while (item !== undefined && end !== undefined) {
            const following: readonly Item[] = item.after.flatMap((index) => items[index] ?? []);
            const next = following.find(({ index }) => index === end.index) ?? following.find(({ isLine }) => isLine);
            if (next === undefined) {
                return [];
            }
            path.push(...crossChannel(item, next, layout));
            if (next.index === end.index) {
                return path;
            }
            const row = layout.rows[next.index] ?? 0;
            const column = layout.lefts[next.layer] ?? 0;
            path.push({ row, column, toRow: row, toColumn: column + (layout.widths[next.layer] ?? 0) - 1 });
            item = next;
        }
        return [];
    };
}

function crossChannel(
    { index, layer }: Item,
    next: Item,
    { rows, channels, lefts, widths }: GraphLayout,
): readonly Stretch[] {
    const left = (lefts[layer] ?? 0) + (widths[layer] ?? 0);
    const right = (lefts[layer + 1] ?? 0) - 1;
    let row = rows[index] ?? 0;
    let column = left;
    const tracks = channels[layer]?.tracks.get(index) ?? [];
    const stretches = tracks.flatMap((track, place): readonly Stretch[] => {
        const toColumn = left + columnOf(track.column);
        const toRow = place < tracks.length - 1 ? (track.to[0] ?? row) : (rows[next.index] ?? row);
        const own = [
            { row, column, toRow: row, toColumn },
            { row, column: toColumn, toRow, toColumn },
        ];
        row = toRow;
        column = toColumn;
        return own;
    });
    return [...stretches, { row, column, toRow: row, toColumn: right }];
}
