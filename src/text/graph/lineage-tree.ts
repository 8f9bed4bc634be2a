/** A node of a lineage tree and its children. */
export interface LineageNode {
    readonly name: string;
    /** Also empty when the node was shown before: see `isRepeated`. */
    readonly children: readonly LineageNode[];
    /** True when the node's children are shown where it appears first. */
    readonly isRepeated: boolean;
}

/** The tree of everything reached from a name; a subtree that is reached again is not repeated. */
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
