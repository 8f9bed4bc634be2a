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

/** The tree as it stands. */
export interface ListedLineage {
    readonly graph: Graph;
    /** Null for the whole warehouse. */
    readonly focus: string | null;
    readonly rows: readonly LineageRow[];
    readonly entries: readonly LineageEntry[];
}

/** What the lineage is about, and how it is drawn. */
export interface LineageState {
    readonly changes: readonly Readable<unknown>[];
    /** What a person chose; `auto` is the graph where most of it fits. */
    readonly shape: Store<LineageShape>;
    /** The drawn graph; null where the tree is shown. */
    readonly drawing: () => GraphDrawing | null;
    /** Null until the catalogue is read. */
    readonly list: () => ListedLineage | null;
    /** Puts another model or source, or the whole warehouse, in the middle. */
    readonly setFocus: (name: string | null) => void;
    /** Back to the focus before; there is one while `canGoBack`. */
    readonly goBack: () => void;
    readonly canGoBack: () => boolean;
    /** Begins anew, with nothing to go back to. */
    readonly start: (name: string | null) => void;
}

export type LineageShape = "auto" | "tree" | "graph";

/** The least width for a graph, and the one from which on it is drawn without being asked for. */
export const graphColumns = { least: 120, auto: 160 } as const;
/** A graph of more takes longer to draw than anybody should wait who has not asked for it. */
const mostDrawnUnasked = 300;

interface Place {
    readonly focus: string | null;
    /** The selected entry; null for the focus itself. */
    readonly selected: string | null;
}

/** Where the cursor is in the tree. */
export interface TreeCursor {
    readonly selectedKeyOrNull: () => string | null;
    /** To this entry, to the focus for null. */
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
        // A model that is gone by now leaves the whole warehouse.
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
            // In the whole warehouse the cursor stays on what was in the middle.
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

/** What is shown again is known by its line; when that is gone, by where it is shown first. */
export function makeEntry(row: LineageRow, index: number): LineageEntry {
    return row.isRepeated ? { key: `${row.name} ${index}`, parentKey: row.name, row } : { key: row.name, row };
}

/** Every one is shown once, and perhaps repeated. */
function countNodes({ rows }: ListedLineage): number {
    return rows.reduce((count, { isRepeated }) => count + (isRepeated ? 0 : 1), 0);
}
