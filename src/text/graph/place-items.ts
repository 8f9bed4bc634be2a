import type { Item } from "./layer-graph.js";
import { placesOf, type LayerOrder } from "./order-layers.js";

/** How many rows the middles of two vertically adjacent items are apart at least. */
export type Distance = (upper: Item, lower: Item) => number;

/**
 * Chooses a row for the middle of each item, in the order of its layer and far enough from its neighbours, so that long lines
 * are straight and nodes are centred on the nodes they lead to (Brandes, Köpf: Fast and simple horizontal coordinate
 * assignment, 2002). The first row is 0.
 */
export function placeItems(items: readonly Item[], order: LayerOrder, distance: Distance): readonly number[] {
    const conflicts = findConflicts(items, order);
    const candidates = [false, true].flatMap((isLeftward) =>
        [false, true].map((isUpward) => {
            const layers = (isLeftward ? [...order].reverse() : order).map((layer) =>
                isUpward ? [...layer].reverse() : layer,
            );
            const blocks = alignItems(items, layers, isLeftward ? "after" : "before", conflicts);
            const rows = compact(items, layers, blocks, isUpward ? (one, other) => distance(other, one) : distance);
            return isUpward ? rows.map((row) => -row) : rows;
        }),
    );
    return balance(candidates);
}

/** Edges that cross a long line, which takes precedence to be straight. An edge is coded as `from * count + to`. */
function findConflicts(items: readonly Item[], order: LayerOrder): ReadonlySet<number> {
    const places = placesOf(items, order);
    const conflicts = new Set<number>();
    for (const [number, layer] of order.entries()) {
        const lastPlace = (order[number - 1]?.length ?? 0) - 1;
        let [from, scanned] = [0, 0];
        for (const [place, index] of layer.entries()) {
            const inner = innerOrNull(items, index);
            if (inner === null && place < layer.length - 1) {
                continue;
            }
            const to = inner === null ? lastPlace : (places[inner] ?? 0);
            for (; scanned <= place; scanned++) {
                const end = layer[scanned] ?? 0;
                for (const start of items[end]?.before ?? []) {
                    const startPlace = places[start] ?? 0;
                    if ((startPlace < from || startPlace > to) && innerOrNull(items, end) !== start) {
                        conflicts.add(start * items.length + end);
                    }
                }
            }
            from = to;
        }
    }
    return conflicts;
}

/** The previous part of the long line that an item is a part of; null outside long lines and at their first part. */
function innerOrNull(items: readonly Item[], index: number): number | null {
    const [before] = items[index]?.before ?? [];
    return items[index]?.isLine === true && before !== undefined && items[before]?.isLine === true ? before : null;
}

/** Groups items that shall share a row into blocks. Returns each item's block, identified by its first item. */
function alignItems(
    items: readonly Item[],
    layers: LayerOrder,
    side: "before" | "after",
    conflicts: ReadonlySet<number>,
): readonly number[] {
    const places = placesOf(items, layers);
    const root = items.map(({ index }) => index);
    const next = items.map(({ index }) => index);
    for (const layer of layers) {
        let lastPlace = -1;
        for (const index of layer) {
            const neighbours = [...(items[index]?.[side] ?? [])].sort(
                (one, other) => (places[one] ?? 0) - (places[other] ?? 0),
            );
            const middle = (neighbours.length - 1) / 2;
            for (const place of new Set([Math.floor(middle), Math.ceil(middle)])) {
                const neighbour = neighbours[place];
                if (neighbour === undefined || next[index] !== index) {
                    continue;
                }
                const [from, to] = side === "before" ? [neighbour, index] : [index, neighbour];
                const neighbourPlace = places[neighbour] ?? 0;
                if (lastPlace < neighbourPlace && !conflicts.has(from * items.length + to)) {
                    next[neighbour] = index;
                    root[index] = root[neighbour] ?? neighbour;
                    next[index] = root[index] ?? index;
                    lastPlace = neighbourPlace;
                }
            }
        }
    }
    return root;
}

/** A block directly above or below another, and their least distance in rows. */
interface Neighbour {
    readonly block: number;
    readonly rows: number;
}

/** Places blocks as high as their distances allow, then moves them down towards the blocks below where there is room. */
function compact(
    items: readonly Item[],
    layers: LayerOrder,
    blocks: readonly number[],
    distance: Distance,
): readonly number[] {
    const above: Neighbour[][] = items.map(() => []);
    const below: Neighbour[][] = items.map(() => []);
    const waiting = new Map(blocks.map((block) => [block, 0]));
    for (const layer of layers) {
        for (const [place, index] of layer.entries()) {
            const [upper, lower] = [items[layer[place - 1] ?? -1], items[index]];
            if (upper !== undefined && lower !== undefined) {
                const rows = distance(upper, lower);
                const [one = 0, other = 0] = [blocks[upper.index], blocks[lower.index]];
                above[other]?.push({ block: one, rows });
                below[one]?.push({ block: other, rows });
                waiting.set(other, (waiting.get(other) ?? 0) + 1);
            }
        }
    }
    const order = [...waiting].flatMap(([block, count]) => (count === 0 ? [block] : []));
    const rowOf = new Map<number, number>();
    // `order` grows while this loop reads it.
    for (const block of order) {
        const least = (above[block] ?? []).map(({ block: upper, rows }) => (rowOf.get(upper) ?? 0) + rows);
        rowOf.set(
            block,
            least.reduce((one, other) => Math.max(one, other), 0),
        );
        for (const { block: lower } of below[block] ?? []) {
            waiting.set(lower, (waiting.get(lower) ?? 0) - 1);
            if (waiting.get(lower) === 0) {
                order.push(lower);
            }
        }
    }
    for (const block of order.reverse()) {
        const most = (below[block] ?? []).map(({ block: lower, rows }) => (rowOf.get(lower) ?? 0) - rows);
        if (most.length > 0) {
            rowOf.set(
                block,
                Math.max(
                    rowOf.get(block) ?? 0,
                    most.reduce((one, other) => Math.min(one, other)),
                ),
            );
        }
    }
    return items.map(({ index }) => rowOf.get(blocks[index] ?? index) ?? 0);
}

/** The median of the candidates for each item, after aligning them with the narrowest candidate. */
function balance(candidates: readonly (readonly number[])[]): readonly number[] {
    const ranges = candidates.map((rows) => ({
        least: rows.reduce((one, other) => Math.min(one, other), Infinity),
        most: rows.reduce((one, other) => Math.max(one, other), -Infinity),
    }));
    const narrowest = ranges.reduce((one, other) => (other.most - other.least < one.most - one.least ? other : one));
    const shifted = candidates.map((rows, number) => {
        const { least, most } = ranges[number] ?? narrowest;
        // Candidates with an even number are laid out from the top, the others from the bottom.
        const shift = number % 2 === 0 ? narrowest.least - least : narrowest.most - most;
        return rows.map((row) => row + shift);
    });
    const rows = (shifted[0] ?? []).map((_, index) => {
        const sorted = shifted.map((each) => each[index] ?? 0).sort((one, other) => one - other);
        return Math.floor(((sorted[1] ?? 0) + (sorted[2] ?? 0)) / 2);
    });
    const least = rows.reduce((one, other) => Math.min(one, other), Infinity);
    return rows.map((row) => row - least);
}
