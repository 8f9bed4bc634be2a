import { reach, type Graph } from "../../../engine/graph.js";
import { makeLineageTree, type LineageNode } from "../../../text/graph/lineage-tree.js";

/** A line of the tree around a focus: upstream above it, downstream below it. */
export interface LineageRow {
    readonly name: string;
    readonly side: "upstream" | "focus" | "downstream";
    /** The branches before the name: `│  ├─ `. */
    readonly branches: string;
    /** Whether the name has an earlier row, which shows its neighbours. */
    readonly isRepeated: boolean;
    /** The index of the parent row; null for the focus, and for a root in the tree of the whole warehouse. */
    readonly parent: number | null;
    /** The indexes of the child rows, from top to bottom. */
    readonly children: readonly number[];
}

/** How many models and sources are upstream and downstream, directly and in all. */
export interface Surroundings {
    readonly upstream: number;
    readonly allUpstream: number;
    readonly downstream: number;
    readonly allDownstream: number;
}

export function countSurroundings(graph: Graph, name: string): Surroundings {
    return {
        upstream: graph.upstreamOf(name).length,
        allUpstream: reach([name], graph.upstreamOf).size,
        downstream: graph.downstreamOf(name).length,
        allDownstream: reach([name], graph.downstreamOf).size,
    };
}

interface OpenRow extends LineageRow {
    readonly children: number[];
}

/** The rows around a model or source; with null the whole warehouse, starting at its landing tables. */
export function listLineageRows(graph: Graph, focus: string | null): readonly LineageRow[] {
    const rows: OpenRow[] = [];
    const add = (row: Omit<LineageRow, "children">): number => rows.push({ ...row, children: [] }) - 1;

    function addUpstream({ children }: LineageNode, branches: string): readonly number[] {
        return children.map((child, index) => {
            // Upstream rows come above their parent, so the parent's row does not exist yet.
            const above = addUpstream(child, `${branches}${index === 0 ? "   " : "│  "}`);
            const own = add({
                name: child.name,
                side: "upstream",
                branches: `${branches}${index === 0 ? "┌─ " : "├─ "}`,
                isRepeated: child.isRepeated,
                parent: null,
            });
            adopt(own, above);
            return own;
        });
    }

    function addDownstream({ children }: LineageNode, parent: number, branches: string): void {
        const own = children.map((child, index) => {
            const isLast = index === children.length - 1;
            const row = add({
                name: child.name,
                side: "downstream",
                branches: `${branches}${isLast ? "└─ " : "├─ "}`,
                isRepeated: child.isRepeated,
                parent: null,
            });
            addDownstream(child, row, `${branches}${isLast ? "   " : "│  "}`);
            return row;
        });
        adopt(parent, own);
    }

    function adopt(parent: number, children: readonly number[]): void {
        rows[parent]?.children.push(...children);
        for (const child of children) {
            const row = rows[child];
            if (row !== undefined) {
                rows[child] = { ...row, parent };
            }
        }
    }

    if (focus === null) {
        const everything = makeLineageTree("", (name) => (name === "" ? findRoots(graph) : graph.downstreamOf(name)));
        for (const root of everything.children) {
            const row = { name: root.name, side: "downstream", branches: "", parent: null } as const;
            addDownstream(root, add({ ...row, isRepeated: root.isRepeated }), "");
        }
        return rows;
    }
    const above = addUpstream(makeLineageTree(focus, graph.upstreamOf), "");
    const own = add({ name: focus, side: "focus", branches: "", isRepeated: false, parent: null });
    adopt(own, above);
    addDownstream(makeLineageTree(focus, graph.downstreamOf), own, "");
    return rows;
}

/** Everything without upstream: sources and a few models. Those without readers come last. */
function findRoots(graph: Graph): readonly string[] {
    const roots = [...graph.sources.keys(), ...graph.order.filter((name) => graph.upstreamOf(name).length === 0)];
    const isRead = (name: string): boolean => graph.downstreamOf(name).length > 0;
    return [...roots.filter(isRead), ...roots.filter((name) => !isRead(name))];
}
