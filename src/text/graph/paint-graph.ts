import { graphemesOf, cutToWidth, makeVisible, widthOf } from "../visible-text.js";
import type { Item, LayeredGraph } from "./layer-graph.js";
import { columnOf } from "./place-columns.js";
import type { Channel, Net } from "./route-channel.js";
import { arms, type Strokes } from "./strokes.js";

/** The characters by row and column, which painting changes in place. */
export interface Canvas {
    readonly cells: string[][];
    readonly strokes: Strokes;
}

export interface PaintedLayer {
    readonly left: number;
    readonly width: number;
    readonly boxHeight: 1 | 3;
    readonly graph: LayeredGraph;
    readonly items: readonly Item[];
    readonly rows: readonly number[];
}

/** Paints the boxes of a layer, and the lines that go through it. */
export function paintLayer({ cells, strokes }: Canvas, layer: PaintedLayer): void {
    const { left, width, boxHeight, graph, items, rows } = layer;
    const { lines, corners } = strokes;
    const line = (start: string, middle: string, end: string): readonly string[] => [
        start,
        ...new Array<string>(width - 2).fill(middle),
        end,
    ];
    const put = (row: number, texts: readonly string[]): void => {
        cells[row]?.splice(left, texts.length, ...texts);
    };
    const across = lines[arms.left + arms.right] ?? "";
    for (const item of items) {
        const row = rows[item.index] ?? 0;
        if (item.isLine) {
            put(row, line(across, across, across));
            continue;
        }
        const start = lines[arms.up + arms.down + (item.before.length > 0 ? arms.left : 0)] ?? "";
        const end = lines[arms.up + arms.down + (item.after.length > 0 ? arms.right : 0)] ?? "";
        put(row, [start, " ", ...splitLabel(graph.nodes[item.node]?.label ?? "", width - 4), " ", end]);
        if (boxHeight === 3) {
            put(row - 1, line(corners[0], across, corners[1]));
            put(row + 1, line(corners[2], across, corners[3]));
        }
    }
}

/** The width of a node's text in terminal cells. */
export function labelWidth(label: string): number {
    return widthOf(makeVisible(label));
}

/** The label as exactly `width` cells; a wide glyph is followed by an empty cell. */
function splitLabel(label: string, width: number): readonly string[] {
    const text = cutToWidth(makeVisible(label), width);
    if (/^[ -~]*$/.test(text)) {
        return Array.from(text.padEnd(width));
    }
    const texts = graphemesOf(text).flatMap((segment) => {
        const cellCount = widthOf(segment);
        return cellCount === 2 ? [segment, ""] : cellCount === 0 ? [] : [segment];
    });
    return [...texts, ...new Array<string>(width - texts.length).fill(" ")];
}

export interface PaintedChannel {
    /** The first column. */
    readonly left: number;
    /** The column after the last. */
    readonly right: number;
    readonly nets: readonly Net[];
    readonly channel: Channel;
}

/** The part of a row from the column where a line turns to the column where it turns again. */
interface Span {
    readonly row: number;
    /** Null at the ends of the channel. */
    readonly from: number | null;
    readonly to: number | null;
}

/** Paints the lines between two layers. */
export function paintChannel({ cells, strokes }: Canvas, { left, right, nets, channel }: PaintedChannel): void {
    const across = new Map<number, Uint8Array>();
    const armsAt = (row: number): Uint8Array => {
        const known = across.get(row) ?? new Uint8Array(right - left);
        across.set(row, known);
        return known;
    };
    for (const { row, from, to } of nets.flatMap((net) => listSpans(net, channel))) {
        const found = armsAt(row);
        const start = from === null ? -1 : columnOf(from);
        const end = to === null ? right - left : columnOf(to);
        for (let column = start + 1; column < end; column++) {
            found[column] = arms.left + arms.right;
        }
        if (from !== null) {
            found[start] = (found[start] ?? 0) | arms.right;
        }
        if (to !== null) {
            found[end] = (found[end] ?? 0) | arms.left;
        }
    }
    for (const [row, found] of across) {
        for (const [column, sum] of found.entries()) {
            if (sum !== 0) {
                put(row, column, sum);
            }
        }
    }
    function put(row: number, column: number, sum: number): void {
        const line = cells[row];
        if (line !== undefined) {
            line[left + column] = strokes.lines[sum] ?? "";
        }
    }
    for (const track of [...channel.tracks.values()].flat()) {
        const top = Math.min(track.from, ...track.to);
        const bottom = Math.max(track.from, ...track.to);
        const column = columnOf(track.column);
        const turns = new Set([track.from, ...track.to]);
        for (let row = top; row <= bottom; row++) {
            const upAndDown = (row > top ? arms.up : 0) + (row < bottom ? arms.down : 0);
            put(row, column, upAndDown + (turns.has(row) ? (across.get(row)?.[column] ?? 0) : 0));
        }
    }
}

function listSpans({ item, from, to }: Net, { tracks }: Channel): readonly Span[] {
    const own = tracks.get(item) ?? [];
    const [first, second] = own;
    if (first === undefined) {
        return [{ row: from, from: null, to: null }];
    }
    const last = second ?? first;
    return [
        { row: from, from: null, to: first.column },
        ...(second === undefined ? [] : [{ row: second.from, from: first.column, to: second.column }]),
        ...to.map((row) => ({ row, from: last.column, to: null })),
    ];
}
