/** A thing to draw and its text. */
export interface GraphNode {
    readonly id: string;
    readonly label: string;
}

/** An arrow, drawn from left to right. */
export interface GraphEdge {
    readonly from: string;
    readonly to: string;
}

/**
 * What stands in a layer: a node, or the line of a node that goes on to a later layer. A node has one line at most in each
 * layer, however many there are that it goes to.
 */
export interface Item {
    readonly index: number;
    /** Index of the node that it is, or whose line it is. */
    readonly node: number;
    readonly isLine: boolean;
    readonly layer: number;
    /** Items of the layer before and after, by index. */
    readonly before: number[];
    readonly after: number[];
}

export interface LayeredGraph {
    readonly nodes: readonly GraphNode[];
    readonly items: readonly Item[];
    /** Indexes of items; not in any order yet. */
    readonly layers: readonly (readonly number[])[];
}

/**
 * Puts every node into a layer after all that lead to it, and leads long edges through the layers between.
 * Edges between unknown nodes, and from a node to itself, are left out.
 *
 * @throws RangeError when the edges make a circle.
 */
export function layerGraph(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): LayeredGraph {
    const indexes = new Map(nodes.map(({ id }, index) => [id, index]));
    const after = nodes.map(() => new Set<number>());
    const before = nodes.map(() => new Set<number>());
    for (const { from, to } of edges) {
        const [start, end] = [indexes.get(from), indexes.get(to)];
        if (start !== undefined && end !== undefined && start !== end) {
            after[start]?.add(end);
            before[end]?.add(start);
        }
    }
    const layerOf = findLayers(before, after);
    const items: Item[] = [];
    const layers: number[][] = Array.from({ length: Math.max(0, ...layerOf.map((layer) => layer + 1)) }, () => []);
    const addItem = (node: number, layer: number, isLine: boolean): Item => {
        const item = { index: items.length, node, isLine, layer, before: [], after: [] };
        items.push(item);
        layers[layer]?.push(item.index);
        return item;
    };
    const nodeItems = nodes.map((_, node) => addItem(node, layerOf[node] ?? 0, false));
    for (const [node, following] of after.entries()) {
        const first = nodeItems[node];
        const last = Math.max(-1, ...[...following].map((next) => layerOf[next] ?? 0));
        let end = first;
        for (let layer = (first?.layer ?? 0) + 1; end !== undefined && layer <= last; layer++) {
            const next = [...following]
                .filter((each) => layerOf[each] === layer)
                .flatMap((each) => nodeItems[each] ?? []);
            const line = layer < last ? addItem(node, layer, true) : undefined;
            for (const item of line === undefined ? next : [...next, line]) {
                end.after.push(item.index);
                item.before.push(end.index);
            }
            end = line;
        }
    }
    return { nodes, items, layers };
}

/** The longest path to each node; a node with more outgoing than incoming edges is as far right as possible. */
function findLayers(before: readonly ReadonlySet<number>[], after: readonly ReadonlySet<number>[]): readonly number[] {
    const waiting = before.map(({ size }) => size);
    const order = waiting.flatMap((count, node) => (count === 0 ? [node] : []));
    const layers = before.map(() => 0);
    // It grows while it is gone through.
    for (const node of order) {
        for (const next of after[node] ?? []) {
            layers[next] = Math.max(layers[next] ?? 0, (layers[node] ?? 0) + 1);
            waiting[next] = (waiting[next] ?? 0) - 1;
            if (waiting[next] === 0) {
                order.push(next);
            }
        }
    }
    if (order.length < before.length) {
        throw new RangeError("The edges of a layered graph must not make a circle.");
    }
    for (const node of order.reverse()) {
        const following = [...(after[node] ?? [])];
        if (following.length > (before[node]?.size ?? 0)) {
            layers[node] = Math.min(...following.map((next) => (layers[next] ?? 0) - 1));
        }
    }
    return layers;
}
