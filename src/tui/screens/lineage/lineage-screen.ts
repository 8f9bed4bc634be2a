import type { GraphDrawing } from "../../../text/graph/draw-graph.js";
import type { Screen } from "../../kit/screen.js";
import type { App } from "../../app/app.js";
import { boxAtOrNull } from "./lineage-drawing.js";
import { makeLineageActions } from "./lineage-actions.js";
import { makeLineageReads } from "./lineage-reads.js";
import { makeLineageState, type ListedLineage } from "./lineage-state.js";
import {
    formatLineageTitle,
    layOutLineage,
    paintLineage,
    paintNoLineage,
    type LineagePanes,
    type PaintedLineage,
} from "./paint-lineage.js";

/** What is made of what: a tree around any source or model, its state by the last run, its columns and who reads them. */
export function makeLineageScreen(app: App): Screen {
    const reads = makeLineageReads(app);
    const state = makeLineageState(app, reads);
    const handlers = makeLineageActions(app, state, reads);
    let painted: PaintedLineage | null = null;
    /** What was cut out of last: of another drawing the place means nothing. */
    let drawn: GraphDrawing | null = null;
    let isShown = false;

    const panesOf = (columns: number): LineagePanes =>
        layOutLineage(columns, state.pane.get(), state.isZoomed.get(), state.drawing() !== null);

    const needColumns = (): void => {
        const name = state.selectedOrNull();
        const { columnsWidth } = panesOf(app.size.get().columns);
        if (isShown && name !== null && columnsWidth > 0) {
            reads.need(name);
        }
    };
    for (const readable of [...state.changes, app.size]) {
        readable.subscribe(needColumns);
    }

    function readersOf({ selected }: ListedLineage): readonly string[] {
        const own = selected === null ? undefined : reads.of(selected.name).value?.own;
        return state.pane.get() === "tree" ? [] : (own?.[state.column.get()]?.readers ?? []);
    }

    return {
        id: "lineage",
        changes: [...state.changes, app.builds.current],
        handlers,
        title: (width) => {
            const listed = state.list();
            return listed === null ? "Lineage" : formatLineageTitle(listed, width, app.theme.get());
        },
        paint: (size) => {
            const listed = state.list();
            const catalogue = app.catalogue.get();
            const theme = app.theme.get();
            if (listed === null || catalogue.value === null) {
                painted = null;
                return paintNoLineage({ catalogue, connection: app.connection.get(), theme }, size);
            }
            const pane = state.pane.get();
            const drawing = state.drawing();
            const graphOffset = drawing === drawn ? (painted?.graphOffset ?? null) : null;
            drawn = drawing;
            painted = paintLineage(
                {
                    listed,
                    catalogue: catalogue.value,
                    run: app.builds.current.get(),
                    offset: painted?.offset ?? 0,
                    readers: readersOf(listed),
                    panes: panesOf(size.columns),
                    drawing,
                    graphOffset,
                    columns: {
                        columns: reads.of(listed.selected?.name ?? ""),
                        cursor: pane === "columns" ? state.column.get() : null,
                    },
                    theme,
                },
                size,
            );
            state.setHeights({ tree: painted.treeHeight, columns: painted.columns?.height ?? 10 });
            return painted.lines;
        },
        show: (target, isBack) => {
            isShown = true;
            if (target.screen === "lineage" && target.name !== undefined && isBack !== true) {
                state.start(target.name);
            }
            needColumns();
        },
        hide: () => {
            isShown = false;
            reads.cancel();
        },
        click: (event) => {
            const listed = state.list();
            if (listed === null || painted === null) {
                return;
            }
            const by = event.action === "wheel-up" ? -3 : event.action === "wheel-down" ? 3 : 0;
            const { treeWidth } = panesOf(app.size.get().columns);
            const drawing = state.drawing();
            const isTree = event.column < treeWidth;
            if (drawing !== null && isTree) {
                const name = event.action === "press" ? boxAtOrNull(drawing, painted.graphOffset, event) : null;
                const isSecond = name !== null && name === listed.selected?.name;
                state.pane.set("tree");
                if (isSecond) {
                    handlers.open?.run();
                } else if (name !== null) {
                    state.select(name);
                } else if (by !== 0) {
                    state.move(by < 0 ? "move.up" : "move.down");
                }
            } else if (by !== 0) {
                state.moveTo(listed.cursor + by);
            } else if (event.action === "press" && isTree && event.row > 0) {
                const index = painted.offset + event.row - 1;
                const isSecond = index === listed.cursor;
                state.pane.set("tree");
                state.moveTo(index);
                if (isSecond) {
                    handlers.open?.run();
                }
            }
        },
        save: () => ({ focus: state.list()?.focus ?? null, shape: state.shape.get() }),
        restore: (saved) => {
            const { focus, shape } = (saved ?? {}) as { focus?: unknown; shape?: unknown };
            if (shape === "tree" || shape === "graph") {
                state.shape.set(shape);
            }
            if (typeof focus === "string") {
                state.start(focus);
            }
        },
    };
}
