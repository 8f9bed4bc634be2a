import type { Graph } from "../../../engine/graph.js";
import type { GraphDrawing } from "../../../text/graph/draw-graph.js";
import type { App } from "../../app/app.js";
import type { ListItem } from "../../kit/list-detail/list-detail-state.js";
import { makeStore, type Readable, type Store } from "../../terminal/store.js";
import { listLineageRows, type LineageRow } from "./lineage-rows.js";
import { makeLineageDrawer } from "./lineage-drawing.js";

/** A line of the tree. */
export interface LineageEntry extends ListItem {
    readonly row: LineageRow;
}

/** The current tree. */
export interface ListedLineage {
    readonly graph: Graph;
    /** Null for the whole warehouse. */
    readonly focus: string | null;
    readonly rows: readonly LineageRow[];
    readonly entries: readonly LineageEntry[];
}

/** The focus of the lineage, and how it is drawn. */
export interface LineageState {
    readonly changes: readonly Readable<unknown>[];
    /** What a person chose; `auto` shows the graph in a wide terminal unless it is too large. */
    readonly shape: Store<LineageShape>;
    /** The drawn graph; null while the tree is shown. */
    readonly drawing: () => GraphDrawing | null;
    /** Null until the catalogue is read. */
    readonly list: () => ListedLineage | null;
    /** Puts another model or source, or the whole warehouse, in the middle. */
    readonly setFocus: (name: string | null) => void;
    /** Returns to the focus before, if there is one. */
    readonly goBack: () => void;
    readonly canGoBack: () => boolean;
    /** Sets the focus and forgets the earlier ones. */
    readonly start: (name: string | null) => void;
}

export type LineageShape = "auto" | "tree" | "graph";

/** The least width for a graph, and the width from which on it is drawn without being asked for. */
export const graphColumns = { least: 120, auto: 160 } as const;
/** Larger graphs take long to draw, so they are drawn only on request. */
const mostDrawnUnasked = 300;

interface Place {
    readonly focus: string | null;
    /** The selected entry; null for the focus itself. */
    readonly selected: string | null;
}

/** The cursor in the tree. */
export interface TreeCursor {
    readonly selectedKeyOrNull: () => string | null;
    /** Selects an entry; null selects the focus. */
    readonly select: (key: string | null) => void;
}

export function makeLineageState(app: App, cursor: TreeCursor): LineageState {
    const focus = makeStore<string | null>(null);
    const trail = makeStore<readonly Place[]>([]);
    const shape = makeStore<LineageShape>("auto");
    const draw = makeLineageDrawer();
    let known: ListedLineage | null = null;

    function list(): ListedLineage | null {
        const graph = app.catalogue.get().value?.graph ?? null;
        if (graph === null) {
            return null;
        }
        const wanted = focus.get();
        // If the focused model is gone, the whole warehouse is shown.
        const name = wanted !== null && (graph.models.has(wanted) || graph.sources.has(wanted)) ? wanted : null;
        if (known?.graph !== graph || known.focus !== name) {
            const rows = listLineageRows(graph, name);
            known = { graph, focus: name, rows, entries: rows.map(makeEntry) };
        }
        return known;
    }

    function drawing(): GraphDrawing | null {
        const { columns } = app.size.get();
        const least = { tree: Infinity, graph: graphColumns.least, auto: graphColumns.auto }[shape.get()];
        const listed = columns < least ? null : list();
        const isUnasked = shape.get() === "auto";
        return listed === null || (isUnasked && countNodes(listed) > mostDrawnUnasked)
            ? null
            : draw(listed.graph, listed.focus, app.theme.get().isAscii);
    }

    const change = (next: Place): void => {
        focus.set(next.focus);
        cursor.select(next.selected);
    };

    return {
        changes: [app.catalogue, focus, shape],
        shape,
        drawing,
        list,
        setFocus: (name) => {
            const before: Place = { focus: focus.get(), selected: cursor.selectedKeyOrNull() };
            trail.update((places) => [...places, before]);
            // In the whole warehouse the cursor stays on the earlier focus.
            change({ focus: name, selected: name === null ? before.focus : null });
        },
        goBack: () => {
            const last = trail.get().at(-1);
            if (last !== undefined) {
                trail.update((places) => places.slice(0, -1));
                change(last);
            }
        },
        canGoBack: () => trail.get().length > 0,
        start: (name) => {
            trail.set([]);
            change({ focus: name, selected: null });
        },
    };
}

/** A repeated row has a key of its own, and its first row as parent, which is selected when the repeated one disappears. */
export function makeEntry(row: LineageRow, index: number): LineageEntry {
    return row.isRepeated ? { key: `${row.name} ${index}`, parentKey: row.name, row } : { key: row.name, row };
}

/** The number of different nodes in the rows. */
function countNodes({ rows }: ListedLineage): number {
    return rows.reduce((count, { isRepeated }) => count + (isRepeated ? 0 : 1), 0);
}
