import type { App } from "../../app/app.js";
import type { GraphDrawing } from "../../../text/graph/draw-graph.js";
import type { UsedColumn } from "../../../warehouse/column-lineage.js";
import type { Handler, Handlers } from "../../kit/screen.js";
import { openCopyMenu, type CopyChoice } from "../../kit/copy-menu.js";
import { buildHandlers } from "../../app/builds/plan-build.js";
import { editHandler } from "../../app/editing/edit-model.js";
import type { ActionId } from "../../kit/keymap.js";
import type { ListDetail } from "../../kit/list-detail/list-detail.js";
import { bodyPlace } from "../../kit/layout.js";
import { listMotionOrNull } from "../../kit/list-state.js";
import { makeOfSelected } from "../../kit/selected-handlers.js";
import { stepInLayerOrNull, walkDrawingOrNull } from "./lineage-drawing.js";
import { graphColumns, type LineageEntry, type LineageState } from "./lineage-state.js";
import type { ColumnWalk } from "./walk-columns.js";
import { findLineageOrNull, walkOrNull, type Direction, type Step } from "./walk-lineage.js";

type LineageList = ListDetail<LineageEntry>;

/** The actions of the Lineage screen, besides those of every list. */
export function makeLineageActions(app: App, list: LineageList, state: LineageState, columnWalk: ColumnWalk): Handlers {
    const { state: place, handlers } = list;
    const nameOrNull = (): string | null => place.selectedOrNull()?.row.name ?? null;
    const nothingSelected = (): string | null => (nameOrNull() === null ? "nothing is selected" : null);
    const ofSelected = makeOfSelected(nameOrNull, "nothing is selected");
    const isInTree = (): boolean => place.activePane() === "list";
    /** A handler for the tree; among the columns the key does the same as in every list. */
    const inTree = (id: ActionId, run: () => void): Handler => ({
        run: () => {
            if (isInTree()) {
                run();
            } else {
                handlers[id]?.run();
            }
        },
        disabledReason: nothingSelected,
    });
    const along = (id: "move.up" | "move.down", step: Step): Handler =>
        inTree(id, () => {
            walk(list, state, step);
        });
    const page = (id: ActionId): Handler =>
        inTree(id, () => {
            const drawing = state.drawing();
            if (drawing === null) {
                handlers[id]?.run();
            } else {
                moveInDrawing(list, drawing, listMotionOrNull(id, bodyPlace(app.size.get()).height) ?? 0);
            }
        });
    const goUpstream = (): void => {
        if (!walk(list, state, "upstream")) {
            app.say(`${nameOrNull() ?? ""} reads nothing in this warehouse.`);
        }
    };
    let wanted = "";
    const findAgain = (direction: Direction) => ({
        run: () => {
            const found = findLineageOrNull(state.list()?.rows ?? [], place.cursor(), wanted, direction);
            if (found === null) {
                app.say(`Nothing here has "${wanted}" in its name.`, "warned");
            } else {
                place.moveTo(found);
            }
        },
        disabledReason: () => (wanted === "" ? "nothing was searched yet: / searches" : null),
    });

    return {
        ...buildHandlers(app, () => selectorOrNull(state, nameOrNull())),
        edit: editHandler(app, nameOrNull),
        "move.up": along("move.up", "previous"),
        "move.down": along("move.down", "next"),
        "move.pageUp": page("move.pageUp"),
        "move.pageDown": page("move.pageDown"),
        "move.start": page("move.start"),
        "move.end": page("move.end"),
        "move.left": ofSelected(() => {
            if (isInTree()) {
                goUpstream();
            } else {
                columnWalk.upstream();
            }
        }),
        "move.right": ofSelected((name) => {
            if (!isInTree()) {
                columnWalk.downstream();
            } else if (!walk(list, state, "downstream")) {
                app.say(`${name} is read by no model.`);
            }
        }),
        back: {
            run: () => {
                if (handlers.back?.disabledReason?.() === null) {
                    handlers.back.run();
                } else {
                    state.goBack();
                }
            },
            disabledReason: () =>
                handlers.back?.disabledReason?.() === null || state.canGoBack() ? null : "this is where you began",
        },
        "lineage.all": {
            run: () => {
                state.setFocus(null);
            },
            disabledReason: () => (state.list()?.focus === null ? "everything is shown already" : null),
        },
        "lineage.graph": {
            run: () => {
                state.shape.set(state.drawing() === null ? "graph" : "tree");
            },
            title: () => (state.drawing() === null ? "graph" : "tree"),
            disabledReason: () =>
                app.size.get().columns < graphColumns.least
                    ? `it takes a terminal of ${graphColumns.least} columns`
                    : nothingSelected(),
        },
        find: inTree("find", () => {
            const from = place.cursor();
            app.ask({
                label: "Go to",
                onChange: (text) => {
                    place.moveTo(findLineageOrNull(state.list()?.rows ?? [], from, text, "here") ?? from);
                },
                onSubmit: (text) => {
                    wanted = text;
                    findAnywhere(app, list, state, text);
                },
                onCancel: () => {
                    place.moveTo(from);
                },
            });
        }),
        "find.next": findAgain("next"),
        "find.previous": findAgain("previous"),
        showRows: ofSelected((name) => {
            const relation = state.list()?.graph.relationOf(name) ?? { schema: "", name };
            app.go({ screen: "data", show: { kind: "relation", ...relation } });
        }),
        showSql: {
            ...ofSelected((modelName) => {
                app.go({ screen: "models", modelName, tab: "sql" });
            }),
            disabledReason: () =>
                nothingSelected() ??
                (state.list()?.graph.sources.has(nameOrNull() ?? "") === true ? "a landing table has no SELECT" : null),
        },
        copy: ofSelected((name) => {
            openCopyMenu(app, listCopies(state, name));
        }),
    };
}

/** Goes a step in the tree or in the drawing; returns false when there is nothing to go to. */
function walk({ state: place }: LineageList, state: LineageState, step: Step): boolean {
    const listed = state.list();
    const selected = place.selectedOrNull();
    if (listed === null || selected === null) {
        return false;
    }
    const drawing = state.drawing();
    if (drawing !== null) {
        const name = walkDrawingOrNull(drawing, listed.graph, selected.row.name, step);
        if (name !== null) {
            place.select(name);
        }
        return name !== null;
    }
    const next = walkOrNull(listed.rows, place.cursor(), step);
    if (next !== null) {
        place.moveTo(next);
    }
    return next !== null;
}

/** Moves up or down in the drawing by as many boxes as fit into `by` rows. */
function moveInDrawing({ state: place }: LineageList, drawing: GraphDrawing, by: number): void {
    const name = place.selectedOrNull()?.row.name ?? "";
    const rows = drawing.boxes.get(name)?.height === 3 ? 3 : 2;
    const next = stepInLayerOrNull(drawing, name, Math.abs(by) > 1 ? Math.trunc(by / rows) : by);
    if (next !== null) {
        place.select(next);
    }
}

/** The selector of a model or source. For a source it selects the models downstream, as the source itself is not built. */
function selectorOrNull(state: LineageState, name: string | null): string | null {
    return name !== null && state.list()?.graph.sources.has(name) === true ? `source:${name}+` : name;
}

/** Searches all models and sources for a name that is not in the tree, and puts it in the middle. */
function findAnywhere(app: App, { state: place }: LineageList, state: LineageState, text: string): void {
    const { graph, rows = [] } = state.list() ?? {};
    if (text === "" || graph === undefined || findLineageOrNull(rows, place.cursor(), text, "here") !== null) {
        return;
    }
    const wanted = text.toLowerCase();
    const names = [...graph.models.keys(), ...graph.sources.keys()];
    const found = names.find((name) => name === text) ?? names.find((name) => name.toLowerCase().includes(wanted));
    if (found === undefined) {
        app.say(`No model or source has "${text}" in its name.`, "warned");
    } else {
        state.setFocus(found);
    }
}

/** Goes from a column to the first model that reads it. */
export function goToReader(app: App, { state: place }: LineageList, state: LineageState, column: UsedColumn): void {
    const [reader] = column.readers;
    if (reader === undefined) {
        app.say(`No model reads ${column.name}.`);
    } else if (state.list()?.entries.some(({ key }) => key === reader) === true) {
        place.select(reader);
        place.focus.set("list");
    } else {
        state.setFocus(reader);
    }
}

function listCopies(state: LineageState, name: string): readonly CopyChoice[] {
    const { graph } = state.list() ?? {};
    return [
        { title: "the name", text: name },
        { title: "the command that shows its lineage", text: `stardeck lineage ${name} --columns` },
        { title: "the names of what it reads", text: graph?.upstreamOf(name).join("\n") },
        { title: "the names of what reads it", text: graph?.downstreamOf(name).join("\n") },
    ];
}
