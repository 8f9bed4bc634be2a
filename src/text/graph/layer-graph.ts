/** A node to draw. */
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
 * What a layer contains: a node, or the line of a node that leads on to a later layer. In each layer a node has at most one
 * line, however many nodes the line leads to.
 */
export interface Item {
    readonly index: number;
    /** Index of the node, or of the node that the line begins at. */
    readonly node: number;
    readonly isLine: boolean;
    readonly layer: number;
    /** Indexes of connected items in the layer before and the layer after. */
    readonly before: number[];
    readonly after: number[];
}

export interface LayeredGraph {
    readonly nodes: readonly GraphNode[];
    readonly items: readonly Item[];
    /** Indexes of items, not ordered yet. */
    readonly layers: readonly (readonly number[])[];
}

/**
 * Puts every node into a layer after all nodes that lead to it, and leads long edges through the layers between.
 * Edges with an unknown node, and from a node to itself, are left out.
 *
 * @throws RangeError when the edges make a cycle.
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

/** A node's layer is the length of the longest path to it; a node with more outgoing than incoming edges is as far right as possible. */
function findLayers(before: readonly ReadonlySet<number>[], after: readonly ReadonlySet<number>[]): readonly number[] {
    const waiting = before.map(({ size }) => size);
    const order = waiting.flatMap((count, node) => (count === 0 ? [node] : []));
    const layers = before.map(() => 0);
    // `order` grows while this loop reads it.
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
