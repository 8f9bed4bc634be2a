import type { App } from "../../app/app.js";
import type { Handlers } from "../../kit/screen.js";
import { openCopyMenu, type CopyChoice } from "../../kit/copy-menu.js";
import { buildHandlers } from "../../app/builds/plan-build.js";
import { makeMoves, makeOfSelected } from "../../kit/selected-handlers.js";
import { findLineageOrNull, type Direction } from "./find-lineage.js";
import type { LineageReads } from "./lineage-reads.js";
import { graphColumns, type LineageState } from "./lineage-state.js";
import type { Step } from "./walk-lineage.js";

const motions = ["move.pageUp", "move.pageDown", "move.start", "move.end"] as const;

/** What the keys do on the Lineage screen. */
export function makeLineageActions(app: App, state: LineageState, reads: LineageReads): Handlers {
    const nothingSelected = (): string | null => (state.selectedOrNull() === null ? "nothing is selected" : null);
    const ofSelected = makeOfSelected(state.selectedOrNull, "nothing is selected");
    const walk = (step: Step, nothing: string): Handlers["open"] & object =>
        ofSelected((name) => {
            if (!state.walk(step)) {
                app.say(`${name} ${nothing}.`);
            }
        });
    const along = (actionId: "move.up" | "move.down", step: Step): Handlers["open"] & object => ({
        run: () => {
            if (state.pane.get() === "columns") {
                state.move(actionId);
            } else {
                state.walk(step);
            }
        },
    });
    const upstream = walk("upstream", "reads nothing in this warehouse");
    const otherPane = {
        run: () => {
            state.pane.update((pane) => (pane === "tree" ? "columns" : "tree"));
        },
        disabledReason: nothingSelected,
    };
    let wanted = "";
    const findAgain = (direction: Direction) => ({
        run: () => {
            const listed = state.list();
            const found = listed === null ? null : findLineageOrNull(listed.rows, listed.cursor, wanted, direction);
            if (found === null) {
                app.say(`Nothing here has "${wanted}" in its name.`, "warned");
            } else {
                state.moveTo(found);
            }
        },
        disabledReason: () => (wanted === "" ? "nothing was looked for; / does" : null),
    });

    return {
        ...makeMoves(motions, state.move),
        ...buildHandlers(app, () => selectorOrNull(state)),
        "move.up": along("move.up", "previous"),
        "move.down": along("move.down", "next"),
        "move.left": {
            ...upstream,
            run: () => {
                if (state.pane.get() === "columns") {
                    state.pane.set("tree");
                } else {
                    upstream.run();
                }
            },
        },
        "move.right": walk("downstream", "is read by no model"),
        open: ofSelected((name) => {
            if (state.pane.get() === "columns") {
                goToReader(app, state, reads, name);
            } else if (state.list()?.focus === name) {
                app.say(`${name} is in the middle already.`);
            } else {
                state.setFocus(name);
            }
        }),
        back: {
            run: () => {
                if (state.pane.get() === "columns") {
                    state.pane.set("tree");
                } else {
                    state.goBack();
                }
            },
            disabledReason: () =>
                state.pane.get() === "columns" || state.canGoBack() ? null : "this is where you began",
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
        "pane.next": otherPane,
        "pane.previous": otherPane,
        zoom: {
            run: () => {
                state.isZoomed.update((isOn) => !isOn);
            },
        },
        find: {
            run: () => {
                const from = state.list()?.cursor ?? 0;
                app.ask({
                    label: "Go to",
                    onChange: (text) => {
                        const found = findLineageOrNull(state.list()?.rows ?? [], from, text, "here");
                        state.moveTo(found ?? from);
                    },
                    onSubmit: (text) => {
                        wanted = text;
                        findAnywhere(app, state, text);
                    },
                    onCancel: () => {
                        state.moveTo(from);
                    },
                });
            },
            disabledReason: nothingSelected,
        },
        "find.next": findAgain("next"),
        "find.previous": findAgain("previous"),
        showRows: ofSelected((name) => {
            const { graph } = state.list() ?? {};
            const schema = graph?.models.get(name)?.schema ?? graph?.sources.get(name)?.schema ?? "";
            app.go({ screen: "data", show: { kind: "relation", schema, name } });
        }),
        showSql: {
            ...ofSelected((modelName) => {
                app.go({ screen: "models", modelName, tab: "sql" });
            }),
            disabledReason: () =>
                nothingSelected() ??
                (state.list()?.graph.sources.has(state.selectedOrNull() ?? "") === true
                    ? "a landing table has no SELECT"
                    : null),
        },
        copy: ofSelected((name) => {
            openCopyMenu(app, listCopies(state, name));
        }),
    };
}

/** Of a source what is made from it: the source itself is not built. */
function selectorOrNull(state: LineageState): string | null {
    const name = state.selectedOrNull();
    return name !== null && state.list()?.graph.sources.has(name) === true ? `source:${name}+` : name;
}

/** What is not in the tree comes into the middle. */
function findAnywhere(app: App, state: LineageState, text: string): void {
    const { graph, rows = [], cursor = 0 } = state.list() ?? {};
    if (text === "" || graph === undefined || findLineageOrNull(rows, cursor, text, "here") !== null) {
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

/** From a column to the first model that reads it. */
function goToReader(app: App, state: LineageState, reads: LineageReads, name: string): void {
    const column = reads.of(name).value?.own[state.column.get()];
    const reader = column?.readers[0];
    if (column === undefined || reader === undefined) {
        app.say(column === undefined ? "The columns are not read yet." : `No model reads ${column.name}.`);
        return;
    }
    const index = state.list()?.rows.findIndex((row) => row.name === reader && !row.isRepeated) ?? -1;
    if (index >= 0) {
        state.moveTo(index);
        state.pane.set("tree");
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
