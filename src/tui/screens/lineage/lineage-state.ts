import type { Graph } from "../../../engine/graph.js";
import type { App } from "../../app.js";
import { listMotionOrNull } from "../../list-state.js";
import { makeStore, type Readable, type Store } from "../../store.js";
import type { LineageReads, NodeColumns } from "./lineage-reads.js";
import { listLineageRows, type LineageRow } from "./lineage-rows.js";
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
    /** Moves by lines, in whichever pane takes the moves. */
    readonly move: (actionId: string) => void;
    /** False where there is nothing to go to. */
    readonly walk: (step: Step) => boolean;
    readonly setHeights: (heights: { readonly tree: number; readonly columns: number }) => void;
}

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

    const change = (next: Place): void => {
        column.set(0);
        pane.set("tree");
        place.set(next);
    };

    return {
        changes: [app.catalogue, place, pane, column, isZoomed, reads],
        pane,
        column,
        isZoomed,
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
        move: (actionId) => {
            const isTree = pane.get() === "tree";
            const by = listMotionOrNull(actionId, isTree ? heights.tree : heights.columns);
            const listed = list();
            if (by === null || listed === null) {
                return;
            }
            if (isTree) {
                moveTo(listed.cursor + by);
            } else {
                const last = Math.max(0, shownColumns().length - 1);
                column.update((index) => Math.max(0, Math.min(index + by, last)));
            }
        },
        walk: (step) => {
            const listed = list();
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
