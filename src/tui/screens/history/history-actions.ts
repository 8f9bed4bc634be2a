import { allRuns } from "../../../runs/run-pages.js";
import type { PastRun } from "../../../runs/run-history.js";
import { countChangedRows } from "../../../runs/run.js";
import type { App } from "../../app/app.js";
import type { Handlers } from "../../kit/screen.js";
import { makeChangedRows } from "../../app/dialogs/changed-rows.js";
import { openCopyMenu, type CopyChoice } from "../../kit/copy-menu.js";
import { makeRunComparison } from "./run-comparison.js";
import { planRetry, reasonNotToBuild } from "../../app/builds/plan-build.js";
import { listMotions, makeMoves, makeOfSelected } from "../../kit/selected-handlers.js";
import type { HistoryReads } from "./history-reads.js";
import type { HistoryState, RunItem } from "./history-state.js";

/** What the keys do on the History screen. */
export function makeHistoryActions(app: App, state: HistoryState, reads: HistoryReads): Handlers {
    const ofSelected = makeOfSelected(state.selectedOrNull, "there is no run");
    const goToPane = (pane: "runs" | "run"): Handlers["open"] & object =>
        ofSelected(() => {
            state.pane.set(pane);
        });
    const otherPane = ofSelected(() => {
        state.pane.update((pane) => (pane === "runs" ? "run" : "runs"));
    });
    const isFiltered = (): boolean => JSON.stringify(reads.filter.get()) !== JSON.stringify(allRuns);
    const setText = (text: string): void => {
        state.select(null);
        reads.setFilter({ ...reads.filter.get(), text });
    };
    return {
        ...makeMoves(listMotions, state.move),
        "move.left": goToPane("runs"),
        "move.right": goToPane("run"),
        "pane.next": otherPane,
        "pane.previous": otherPane,
        open: ofSelected((run) => {
            const item = state.pane.get() === "run" ? state.itemsOf(run)[state.item.get()] : undefined;
            if (item === undefined) {
                app.go({ screen: "build", runId: run.runId });
            } else {
                void openItem(app, run, item);
            }
        }),
        back: {
            run: () => {
                if (state.pane.get() === "run") {
                    state.pane.set("runs");
                } else {
                    state.select(null);
                    reads.setFilter(allRuns);
                }
            },
            disabledReason: () => (state.pane.get() === "run" || isFiltered() ? null : "there is no filter"),
        },
        find: {
            run: () => {
                app.ask({ label: "Runs with", initial: reads.filter.get().text, onSubmit: setText });
            },
        },
        failuresOnly: {
            run: () => {
                state.select(null);
                const filter = reads.filter.get();
                reads.setFilter({ ...filter, isProblemsOnly: !filter.isProblemsOnly });
            },
        },
        zoom: {
            run: () => {
                state.isZoomed.update((isOn) => !isOn);
            },
        },
        mark: ofSelected((run) => {
            state.toggleMark(run);
        }),
        compare: {
            run: () => {
                compare(app, state);
            },
            disabledReason: () => (findPairOrNull(state) === null ? "there is no second run; space marks one" : null),
        },
        retry: {
            run: () => {
                planRetry(app);
            },
            disabledReason: () => reasonNotToBuild(app),
        },
        refresh: {
            run: () => {
                reads.outcomes.outdate();
                void reads.goTo("newest");
                void app.catalogue.load();
                app.say("Reading again.");
            },
        },
        copy: ofSelected((run) => {
            openCopyMenu(app, listCopies(state, run));
        }),
    };
}

/** To the changed rows of a model, or to a data test. */
async function openItem(app: App, { runId }: PastRun, item: RunItem): Promise<void> {
    if (item.kind === "test") {
        app.go({ screen: "tests", testName: item.problem.testName });
        return;
    }
    const { modelName, status, scope, rows } = item.model;
    const changedCount = rows === null ? 0 : countChangedRows(rows);
    if (app.catalogue.get().value === null) {
        // A key pressed before the models are known waits for them.
        await app.catalogue.load();
    }
    const model = app.catalogue.get().value?.graph.models.get(modelName);
    if (status !== "ok" || model?.materialisation !== "table" || changedCount === 0) {
        app.go({ screen: "build", runId });
    } else if (scope?.reason === "never built") {
        app.say(`${modelName} was built for the first time: all its rows were new.`);
    } else {
        app.openDialog(makeChangedRows(app, { runId, model, changedCount }));
    }
}

/** The marked runs; with one mark that and the selected one; without any the selected one and the one before it. The older first. */
function findPairOrNull(state: HistoryState): readonly [PastRun, PastRun] | null {
    const selected = state.selectedOrNull();
    const marked = state.marks.get();
    const before = state.runs()[state.cursor() + 1];
    const candidates = [...marked, selected, before].filter((run) => run !== null && run !== undefined);
    const [one] = candidates;
    const other = candidates.find(({ runId }) => runId !== one?.runId);
    if (one === undefined || other === undefined) {
        return null;
    }
    return BigInt(one.runId) < BigInt(other.runId) ? [one, other] : [other, one];
}

function compare(app: App, state: HistoryState): void {
    const pair = findPairOrNull(state);
    if (pair !== null) {
        app.openDialog(makeRunComparison(app, ...pair));
    }
}

function listCopies(state: HistoryState, run: PastRun): readonly CopyChoice[] {
    const item = state.pane.get() === "run" ? state.itemsOf(run)[state.item.get()] : undefined;
    const modelName = item?.kind === "model" ? item.model.modelName : null;
    return [
        { title: "the command that shows this run", text: `stardeck history ${run.runId}` },
        {
            title: "the command that shows its changed rows",
            text: modelName === null ? null : `stardeck history ${run.runId} ${modelName} --diff`,
        },
        { title: "the model's name", text: modelName },
        { title: "the test's name", text: item?.kind === "test" ? item.problem.testName : null },
        { title: "its message", text: run.message },
    ];
}
