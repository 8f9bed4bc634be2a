import type { Item, LayeredGraph } from "./layer-graph.js";

/** Items of each layer from top to bottom. */
export type LayerOrder = readonly (readonly number[])[];

/** A graph of a thousand models gets fewer sweeps, because somebody waits for the drawing. */
function countSweeps(itemCount: number): number {
    return Math.max(4, Math.min(16, Math.floor(8000 / Math.max(1, itemCount))));
}

/** Stop after so many sweeps without a better order. */
const patience = 4;

/**
 * Orders the items of each layer so that few edges cross: sweeps to the right and to the left put every item at the mean
 * position of its neighbours, and the best order found is kept (Sugiyama, Tagawa, Toda: Methods for visual understanding
 * of hierarchical system structures, 1981).
 */
export function orderLayers(graph: LayeredGraph): LayerOrder {
    const { items } = graph;
    let order = orderByDepth(graph);
    let best = order;
    let fewest = countCrossings(items, order);
    let tries = 0;
    const sweeps = countSweeps(items.length);
    for (let sweep = 0; sweep < sweeps && fewest > 0 && tries < patience; sweep++) {
        order = sweepLayers(items, order, sweep % 2 === 0);
        const swapped = swapNeighbours(items, order);
        const count = countCrossings(items, swapped);
        tries++;
        if (count < fewest) {
            fewest = count;
            best = swapped;
            tries = 0;
        }
    }
    return best;
}

/** Orders items depth-first, so that related ones are next to each other. */
function orderByDepth({ items, layers }: LayeredGraph): LayerOrder {
    const order: number[][] = layers.map(() => []);
    const seen = new Set<number>();
    const stack = layers.flat().reverse();
    for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
        const item = items[index];
        if (item !== undefined && !seen.has(index)) {
            seen.add(index);
            order[item.layer]?.push(index);
            stack.push(...[...item.after].reverse());
        }
    }
    return order;
}

function sweepLayers(items: readonly Item[], order: LayerOrder, isRightward: boolean): LayerOrder {
    const next = order.map((layer) => layer);
    const places = placesOf(items, order);
    const numbers = [...next.keys()];
    for (const number of isRightward ? numbers : numbers.reverse()) {
        const layer = next[number] ?? [];
        const means = new Map(
            layer.map((index, place) => {
                const neighbours = items[index]?.[isRightward ? "before" : "after"] ?? [];
                const sum = neighbours.reduce((total, neighbour) => total + (places[neighbour] ?? 0), 0);
                return [index, neighbours.length === 0 ? place : sum / neighbours.length];
            }),
        );
        const sorted = [...layer].sort((one, other) => (means.get(one) ?? 0) - (means.get(other) ?? 0));
        next[number] = sorted;
        for (const [place, index] of sorted.entries()) {
            places[index] = place;
        }
    }
    return next;
}

/** Swaps neighbours wherever that removes a crossing. */
function swapNeighbours(items: readonly Item[], order: LayerOrder): LayerOrder {
    const places = placesOf(items, order);
    return order.map((layer) => {
        const swapped = [...layer];
        let isBetter = true;
        for (let round = 0; isBetter && round < 4; round++) {
            isBetter = false;
            for (let place = 0; place + 1 < swapped.length; place++) {
                const [upper = 0, lower = 0] = [swapped[place], swapped[place + 1]];
                if (crossingsOf(items, places, lower, upper) < crossingsOf(items, places, upper, lower)) {
                    swapped[place] = lower;
                    swapped[place + 1] = upper;
                    places[lower] = place;
                    places[upper] = place + 1;
                    isBetter = true;
                }
            }
        }
        return swapped;
    });
}

/** How often the edges of two items cross when the first is above the second. */
function crossingsOf(items: readonly Item[], places: readonly number[], upper: number, lower: number): number {
    let count = 0;
    for (const side of ["before", "after"] as const) {
        for (const one of items[upper]?.[side] ?? []) {
            for (const other of items[lower]?.[side] ?? []) {
                count += (places[one] ?? 0) > (places[other] ?? 0) ? 1 : 0;
            }
        }
    }
    return count;
}

/** The position of each item in its layer, by the index of the item. */
export function placesOf(items: readonly Item[], order: LayerOrder): number[] {
    const places = items.map(() => 0);
    for (const layer of order) {
        for (const [place, index] of layer.entries()) {
            places[index] = place;
        }
    }
    return places;
}

/** The number of crossings. Counts inversions with a Fenwick tree, so that a thousand edges do not take a million steps. */
function countCrossings(items: readonly Item[], order: LayerOrder): number {
    const places = placesOf(items, order);
    let crossings = 0;
    for (const [number, layer] of order.entries()) {
        const size = (order[number + 1]?.length ?? 0) + 1;
        const sums = new Int32Array(size + 1);
        let added = 0;
        for (const index of layer) {
            const ends = (items[index]?.after ?? []).map((next) => places[next] ?? 0).sort((one, other) => one - other);
            for (const end of ends) {
                let notAfter = 0;
                for (let node = end + 1; node > 0; node -= node & -node) {
                    notAfter += sums[node] ?? 0;
                }
                crossings += added - notAfter;
            }
            for (const end of ends) {
                added++;
                for (let node = end + 1; node <= size; node += node & -node) {
                    sums[node] = (sums[node] ?? 0) + 1;
                }
            }
        }
    }
    return crossings;
}
