import type { GraphDrawing } from "../../../text/graph/draw-graph.js";
import type { Screen } from "../../kit/screen.js";
import type { App } from "../../app/app.js";
import { makeListDetail, type ListDetail } from "../../kit/list-detail/list-detail.js";
import type { GraphOffset } from "../../kit/lines/graph-window.js";
import type { MouseEvent } from "../../terminal/parse-input.js";
import { boxAtOrNull } from "./lineage-drawing.js";
import { goToReader, makeLineageActions } from "./lineage-actions.js";
import { makeColumnWalk } from "./walk-columns.js";
import { makeLineageReads } from "./lineage-reads.js";
import { makeLineageState, type LineageEntry } from "./lineage-state.js";
import { formatLineageTitle, makeLineageList, paintNoLineage, type LineagePicture } from "./paint-lineage.js";

/** The lineage: a tree or graph around any source or model with its state by the last run, its columns and who reads them. */
export function makeLineageScreen(app: App): Screen {
    const reads = makeLineageReads(app);
    const state = makeLineageState(app, {
        selectedKeyOrNull: () => list.state.selectedOrNull()?.key ?? null,
        select: (key) => {
            list.state.focus.set("list");
            list.state.select(key);
        },
    });
    /** The part of the drawing that was shown last. */
    let drawn: { readonly drawing: GraphDrawing; readonly offset: GraphOffset } | null = null;
    let isShown = false;

    const list: ListDetail<LineageEntry> = makeListDetail<LineageEntry>(app, {
        changes: [...state.changes, reads, app.connection, app.builds.current],
        ...makeLineageList(makePicture),
        isListWide: () => state.drawing() !== null,
        items: () => state.list()?.entries ?? null,
        nothing: (size) =>
            paintNoLineage(
                { catalogue: app.catalogue.get(), connection: app.connection.get(), theme: app.theme.get() },
                size,
            ),
        openItem: ({ row }) => {
            if (state.list()?.focus === row.name) {
                app.say(`${row.name} is in the middle already.`);
            } else {
                state.setFocus(row.name);
            }
            return true;
        },
        onSelect: needColumns,
    });

    function makePicture(): LineagePicture | null {
        const [listed, catalogue] = [state.list(), app.catalogue.get().value];
        return listed === null || catalogue === null
            ? null
            : {
                  listed,
                  catalogue,
                  run: app.builds.current.get(),
                  selected: list.state.selectedOrNull()?.row.name ?? null,
                  readers: readersOfSelected,
                  columnsOf: reads.of,
                  openColumn: (column) => {
                      goToReader(app, list, state, column);
                  },
                  drawing: state.drawing(),
                  keepOffset,
                  theme: app.theme.get(),
              };
    }

    /** Keeps the offset from frame to frame, but not for another drawing. */
    function keepOffset(drawing: GraphDrawing, place: (before: GraphOffset | null) => GraphOffset): GraphOffset {
        drawn = { drawing, offset: place(drawn?.drawing === drawing ? drawn.offset : null) };
        return drawn.offset;
    }

    /** The models that read the column selected beside the tree. */
    function readersOfSelected(): readonly string[] {
        const entry = list.state.selectedOrNull();
        const { line } = list.state.placeOf("main");
        return entry === null || line === null || list.state.activePane() === "list"
            ? []
            : (reads.of(entry.row.name).value?.own[line]?.readers ?? []);
    }

    function needColumns(): void {
        const entry = list.state.describedOrNull();
        if (isShown && entry !== null) {
            reads.need(entry.row.name);
        }
    }
    for (const readable of [...state.changes, app.size]) {
        readable.subscribe(needColumns);
    }

    const columnWalk = makeColumnWalk(app, list, state, reads);
    reads.subscribe(columnWalk.settle);
    const handlers = { ...list.handlers, ...makeLineageActions(app, list, state, columnWalk) };

    function clickDrawing(drawing: GraphDrawing, event: MouseEvent): void {
        const by = event.action === "wheel-up" ? -1 : event.action === "wheel-down" ? 1 : 0;
        const name = event.action === "press" ? boxAtOrNull(drawing, drawn?.offset ?? null, event) : null;
        const isSecond = name !== null && name === list.state.selectedOrNull()?.row.name;
        list.state.focus.set("list");
        if (isSecond) {
            handlers.open?.run();
        } else if (name !== null) {
            list.state.select(name);
        } else if (by !== 0) {
            handlers[by < 0 ? "move.up" : "move.down"]?.run();
        }
        needColumns();
    }

    return {
        ...list,
        id: "lineage",
        handlers,
        title: (width) => {
            const listed = state.list();
            return listed === null ? "Lineage" : formatLineageTitle(listed, width, app.theme.get());
        },
        show: (target, isBack) => {
            isShown = true;
            if (target.screen === "lineage" && target.name !== undefined && isBack !== true) {
                state.start(target.name);
                if (target.column !== undefined) {
                    columnWalk.goTo(target.name, target.column);
                }
            }
            needColumns();
        },
        hide: () => {
            isShown = false;
            reads.cancel();
            list.hide?.();
        },
        click: (event) => {
            const drawing = state.drawing();
            if (drawing !== null && event.column < list.state.widths().list) {
                clickDrawing(drawing, event);
            } else {
                list.click(event);
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
