/** A node of a lineage tree and what hangs on it. */
export interface LineageNode {
    readonly name: string;
    /** Empty as well when the node was shown further up: see `isRepeated`. */
    readonly children: readonly LineageNode[];
    /** True when the node has children that are shown where it came first. */
    readonly isRepeated: boolean;
}

/** The tree of all that is reached from a name; a subtree that is reached twice is given once. */
export function makeLineageTree(name: string, next: (name: string) => readonly string[]): LineageNode {
    const shown = new Set<string>();
    const visit = (current: string): LineageNode => {
        const following = next(current);
        if (shown.has(current)) {
            return { name: current, children: [], isRepeated: following.length > 0 };
        }
        shown.add(current);
        return { name: current, children: following.map(visit), isRepeated: false };
    };
    return visit(name);
}

/** Lines with branches, without the root: `├─ stg_order`, `│  └─ staging.orders`. */
export function formatLineageTree(root: LineageNode, label: (name: string) => string): readonly string[] {
    return root.children.flatMap((child, index) => {
        const isLast = index === root.children.length - 1;
        const own = `${isLast ? "└─" : "├─"} ${label(child.name)}${child.isRepeated ? " (see above)" : ""}`;
        const below = formatLineageTree(child, label).map((line) => `${isLast ? "  " : "│ "} ${line}`);
        return [own, ...below];
    });
}
