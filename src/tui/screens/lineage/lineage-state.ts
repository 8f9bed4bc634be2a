import type { Graph } from "../../../engine/graph.js";
import type { GraphDrawing } from "../../../text/graph/draw-graph.js";
import type { App } from "../../app/app.js";
import { listMotionOrNull } from "../../kit/list-state.js";
import { makeStore, type Readable, type Store } from "../../terminal/store.js";
import type { LineageReads, NodeColumns } from "./lineage-reads.js";
import { listLineageRows, type LineageRow } from "./lineage-rows.js";
import { makeLineageDrawer, stepInLayerOrNull, walkDrawingOrNull } from "./lineage-drawing.js";
import { walkOrNull, type Step } from "./walk-lineage.js";

/** The tree as it stands. */
export interface ListedLineage {
    readonly graph: Graph;
    /** Null for the whole warehouse. */
    readonly focus: string | null;
    readonly rows: readonly LineageRow[];
    readonly cursor: number;
    readonly selected: LineageRow | null;
}

/** Where a person is in the lineage. */
export interface LineageState {
    readonly changes: readonly Readable<unknown>[];
    /** What takes the moves: the tree, or the columns of what is selected in it. */
    readonly pane: Store<"tree" | "columns">;
    /** Index of the selected column. */
    readonly column: Store<number>;
    readonly isZoomed: Store<boolean>;
    /** What a person chose; `auto` is the graph where most of it fits. */
    readonly shape: Store<LineageShape>;
    /** The drawn graph; null where the tree is shown. */
    readonly drawing: () => GraphDrawing | null;
    /** Null until the catalogue is read. */
    readonly list: () => ListedLineage | null;
    readonly selectedOrNull: () => string | null;
    /** Puts another model or source, or the whole warehouse, in the middle. */
    readonly setFocus: (name: string | null) => void;
    /** Back to the focus before; there is one while `canGoBack`. */
    readonly goBack: () => void;
    readonly canGoBack: () => boolean;
    /** Begins anew, with nothing to go back to. */
    readonly start: (name: string | null) => void;
    readonly moveTo: (index: number) => void;
    readonly select: (name: string) => void;
    /** Moves by lines, in whichever pane takes the moves. */
    readonly move: (actionId: string) => void;
    /** False where there is nothing to go to. */
    readonly walk: (step: Step) => boolean;
    readonly setHeights: (heights: { readonly tree: number; readonly columns: number }) => void;
}

export type LineageShape = "auto" | "tree" | "graph";

/** The least width for a graph, and the one from which on it is drawn without being asked for. */
export const graphColumns = { least: 120, auto: 160 } as const;
/** A graph of more takes longer to draw than anybody should wait who has not asked for it. */
const mostDrawnUnasked = 300;

interface Place {
    readonly focus: string | null;
    /** The selected name and the line it stood on; null for the focus itself. */
    readonly selected: { readonly name: string; readonly index: number } | null;
}

const beginning: Place = { focus: null, selected: null };

export function makeLineageState(app: App, reads: LineageReads): LineageState {
    const place = makeStore<Place>(beginning);
    const trail = makeStore<readonly Place[]>([]);
    const pane = makeStore<"tree" | "columns">("tree");
    const column = makeStore(0);
    const isZoomed = makeStore(false);
    const shape = makeStore<LineageShape>("auto");
    const draw = makeLineageDrawer();
    let heights = { tree: 10, columns: 10 };
    let known: { readonly graph: Graph; readonly focus: string | null; readonly rows: readonly LineageRow[] } | null =
        null;

    function list(): ListedLineage | null {
        const graph = app.catalogue.get().value?.graph ?? null;
        if (graph === null) {
            return null;
        }
        const { focus: wanted, selected } = place.get();
        // A model that is gone by now leaves the whole warehouse.
        const focus = wanted !== null && (graph.models.has(wanted) || graph.sources.has(wanted)) ? wanted : null;
        if (known?.graph !== graph || known.focus !== focus) {
            known = { graph, focus, rows: listLineageRows(graph, focus) };
        }
        const { rows } = known;
        const cursor = findCursor(rows, selected);
        return { graph, focus, rows, cursor, selected: rows[cursor] ?? null };
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

    const shownColumns = (): NodeColumns["own"] => {
        const name = list()?.selected?.name;
        return name === undefined ? [] : (reads.of(name).value?.own ?? []);
    };

    function moveTo(index: number): void {
        const rows = list()?.rows ?? [];
        const next = Math.max(0, Math.min(index, rows.length - 1));
        const row = rows[next];
        if (row !== undefined) {
            column.set(0);
            place.update(({ focus }) => ({ focus, selected: { name: row.name, index: next } }));
        }
    }

    function select(name: string): void {
        column.set(0);
        place.update(({ focus }) => ({ focus, selected: { name, index: -1 } }));
    }

    /** To a node of the drawing; false where there is none. */
    function go(name: string | null): boolean {
        if (name !== null) {
            select(name);
        }
        return name !== null;
    }

    function moveInDrawing(drawn: GraphDrawing, by: number): void {
        const name = list()?.selected?.name;
        const rows = (name === undefined ? undefined : drawn.boxes.get(name))?.height === 3 ? 3 : 2;
        const steps = Math.abs(by) > 1 ? Math.trunc(by / rows) : by;
        go(name === undefined ? null : stepInLayerOrNull(drawn, name, steps));
    }

    const change = (next: Place): void => {
        column.set(0);
        pane.set("tree");
        place.set(next);
    };

    return {
        changes: [app.catalogue, place, pane, column, isZoomed, shape, reads],
        pane,
        column,
        isZoomed,
        shape,
        drawing,
        list,
        selectedOrNull: () => list()?.selected?.name ?? null,
        setFocus: (name) => {
            const before = place.get();
            trail.update((places) => [...places, before]);
            // In the whole warehouse the cursor stays on what was in the middle.
            change({
                focus: name,
                selected: name === null && before.focus !== null ? { name: before.focus, index: -1 } : null,
            });
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
        moveTo,
        select,
        move: (actionId) => {
            const isTree = pane.get() === "tree";
            const by = listMotionOrNull(actionId, isTree ? heights.tree : heights.columns);
            const listed = list();
            if (by === null || listed === null) {
                return;
            }
            const drawn = drawing();
            if (isTree && drawn !== null) {
                moveInDrawing(drawn, by);
            } else if (isTree) {
                moveTo(listed.cursor + by);
            } else {
                const last = Math.max(0, shownColumns().length - 1);
                column.update((index) => Math.max(0, Math.min(index + by, last)));
            }
        },
        walk: (step) => {
            const listed = list();
            const drawn = drawing();
            if (drawn !== null && listed !== null) {
                const { graph, selected } = listed;
                return selected !== null && go(walkDrawingOrNull(drawn, graph, selected.name, step));
            }
            const next = listed === null ? null : walkOrNull(listed.rows, listed.cursor, step);
            if (next !== null) {
                moveTo(next);
            }
            return next !== null;
        },
        setHeights: (next) => {
            heights = next;
        },
    };
}

/** Every one is shown once, and perhaps repeated. */
function countNodes({ rows }: ListedLineage): number {
    return rows.reduce((count, { isRepeated }) => count + (isRepeated ? 0 : 1), 0);
}

/** The line where it stood, as long as that is the same; else where it stands first. */
function findCursor(rows: readonly LineageRow[], selected: Place["selected"]): number {
    if (selected === null) {
        return Math.max(
            0,
            rows.findIndex(({ side }) => side === "focus"),
        );
    }
    const { name, index } = selected;
    const found = rows[index]?.name === name ? index : rows.findIndex((row) => row.name === name && !row.isRepeated);
    return found >= 0 ? found : Math.max(0, Math.min(index, rows.length - 1));
}
