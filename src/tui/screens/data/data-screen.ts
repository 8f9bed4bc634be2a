import { loadCatalogue } from "../../../browse/load-catalogue.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { makeLoad } from "../../kit/load.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import { listMarts, type Model } from "../../../warehouse/registry.js";
import type { App } from "../../app/app.js";
import type { DataTarget, Handler, Screen } from "../../kit/screen.js";
import { askWhere } from "./ask-where.js";
import { chooseRelation, listChoices, type ChoosableRelation } from "./choose-relation.js";
import { makeDataHandlers } from "./data-handlers.js";
import { besideColumns, makeGridPane } from "./grid-pane.js";
import { makeOpenGrids } from "./open-grids.js";
import { parseSavedData, saveArrangement, type SavedData } from "./saved-data.js";

/** The rows of any relation or query. */
export function makeDataScreen(app: App): Screen {
    const relations = makeLoad(app, loadCatalogue, 30_000);
    let saved: SavedData = { target: null, arrangement: null };
    let isVisible = false;

    const findMarts = (): readonly Model[] => {
        const catalogue = app.catalogue.get().value;
        return catalogue === null ? [] : listMarts(catalogue.registry);
    };

    const grids = makeOpenGrids(app, {
        askAgain: (grid, tried) => {
            askWhere(app, grid, relations.get().value ?? [], tried);
        },
        hasChartByItself: (target) =>
            target.kind === "relation" &&
            findMarts().some(({ schema, name }) => schema === target.schema && name === target.name) &&
            app.size.get().columns >= besideColumns,
    });
    const pane = makeGridPane(app, grids);

    function open(target: DataTarget, isFromElsewhere: boolean, beside: readonly DataTarget[] = []): void {
        const current = grids.current();
        if (current !== null && JSON.stringify(current.target) === JSON.stringify(target)) {
            current.grid.refresh();
            return;
        }
        grids.open(target, { isFromElsewhere, beside });
    }

    /** Opens something if nothing is open: the rows of the last session, else the first mart. */
    function openSomething(): void {
        if (grids.current() !== null || !isVisible) {
            return;
        }
        const { target, arrangement } = saved;
        if (target !== null) {
            grids.open(target, { arrangement });
            return;
        }
        // The registry lists models by name.
        const [first] = findMarts();
        if (first !== undefined) {
            grids.open({ kind: "relation", schema: first.schema, name: first.name });
        }
    }

    const back: Handler = {
        run: () => {
            const current = grids.current();
            const step = pane.stepBackOrNull();
            if (current === null || step !== null) {
                step?.();
                return;
            }
            grids.close();
            if (current.isFromElsewhere) {
                app.back();
            } else {
                openSomething();
            }
        },
        disabledReason: () =>
            pane.stepBackOrNull() !== null || grids.depth() > 1 || grids.current()?.isFromElsewhere === true
                ? null
                : "this is the first one",
    };

    function openChooser(): void {
        const isKnown = (): boolean => relations.get().value !== null || app.catalogue.get().value !== null;
        const show = (): void => {
            const target = grids.current()?.target;
            const name = target?.kind === "relation" ? `${target.schema}.${target.name}` : null;
            const choices = (): readonly ChoosableRelation[] =>
                listChoices(relations.get().value ?? [], app.catalogue.get().value);
            chooseRelation(app, { choices, known: relations }, name, (chosen) => {
                open(chosen, false);
            });
        };
        const loading = relations.load();
        if (isKnown()) {
            show();
            return;
        }
        app.say("Reading which relations there are …");
        void loading.then(() => {
            if (isVisible && isKnown()) {
                show();
            }
        });
    }

    app.catalogue.subscribe(openSomething);

    return {
        id: "data",
        changes: [grids.changes, app.catalogue],
        handlers: makeDataHandlers(app, {
            current: grids.current,
            relations: () => relations.get().value ?? [],
            chooseRelation: openChooser,
            openSql: () => {
                app.go({ screen: "sql", isEditing: true });
            },
            back,
            drill: (targets) => {
                const [likeliest] = targets;
                if (likeliest !== undefined) {
                    grids.open(likeliest, { isStep: true, beside: targets });
                }
            },
            turn: grids.turn,
        }),
        title: (width) => pane.titleOrNull(width) ?? app.theme.get().style("dim", "no relation is open"),
        paint: (size) => (grids.current() === null ? paintNothing(app, size) : pane.paint(size)),
        click: pane.click,
        show: (target) => {
            const wasVisible = isVisible;
            isVisible = true;
            if (relations.get().value === null && !relations.get().isLoading) {
                void relations.load();
            }
            if (target.screen === "data" && target.show !== undefined) {
                open(target.show, !wasVisible, target.beside);
            } else {
                openSomething();
            }
            pane.setVisible(true);
        },
        hide: () => {
            isVisible = false;
            pane.setVisible(false);
        },
        save: () => {
            const current = grids.current();
            const arrangement = current?.grid.get().arrangement ?? null;
            return {
                target: current?.target ?? saved.target,
                arrangement:
                    arrangement === null ? (current === null ? saved.arrangement : null) : saveArrangement(arrangement),
            } satisfies SavedData;
        },
        restore: (given) => {
            saved = parseSavedData(given);
        },
    };
}

function paintNothing(app: App, { columns }: TerminalSize): readonly string[] {
    const { isLoading, error } = app.catalogue.get();
    const isWaiting = app.connection.get().kind !== "open" || isLoading;
    const lines = isWaiting
        ? ["Reading what there is …"]
        : [error?.message ?? "There are no marts.", "d chooses a relation, 8 asks in SQL."];
    return ["", ...lines.map((line) => fitText(`  ${line}`, columns))];
}
