import { buildRunComparison } from "../../../runs/compare-runs.js";
import type { PastRun } from "../../../runs/run-history.js";
import { countChangedRows } from "../../../runs/run.js";
import type { App } from "../../app/app.js";
import type { DataTarget, Handlers } from "../../kit/screen.js";
import { showChangedRows } from "../../app/show-changed-rows.js";
import { openCopyMenu, type CopyChoice } from "../../kit/copy-menu.js";
import { planRetry, reasonNotToRetry } from "../../app/builds/plan-build.js";
import type { ListDetail } from "../../kit/list-detail/list-detail.js";
import type { ListDetailState } from "../../kit/list-detail/list-detail-state.js";
import { makeOfSelected } from "../../kit/selected-handlers.js";
import type { HistoryReads } from "./history-reads.js";
import type { RunEntry } from "./past-run-line.js";
import { listRunItems, type RunItem } from "./paint-run.js";

/** The actions of the History screen, besides those of every list. */
export function makeHistoryActions(app: App, { state }: ListDetail<RunEntry>, reads: HistoryReads): Handlers {
    const ofSelected = makeOfSelected(() => state.selectedOrNull()?.run ?? null, "there is no run");
    return {
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
            disabledReason: () => reasonNotToRetry(app),
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
            openCopyMenu(app, listCopies(run, selectedItemOrNull(state, run, reads)));
        }),
    };
}

/** Goes to the changed rows of a model, else to its run, or to a data test. */
export async function openRunItem(app: App, { runId }: PastRun, item: RunItem): Promise<void> {
    if (item.kind === "test") {
        app.go({ screen: "tests", testName: item.problem.testName });
        return;
    }
    const { modelName, status, scope, rows } = item.model;
    const changedCount = rows === null ? 0 : countChangedRows(rows);
    if (app.catalogue.get().value === null) {
        // The key was pressed before the catalogue was read: wait for it.
        await app.catalogue.load();
    }
    const model = app.catalogue.get().value?.graph.models.get(modelName);
    if (status !== "ok" || model?.materialisation !== "table" || changedCount === 0) {
        app.go({ screen: "build", runId });
    } else if (scope?.reason === "never built") {
        app.say(`${modelName} was built for the first time: all its rows were new.`);
    } else {
        await showChangedRows(app, { runId, model, changedCount });
    }
}

/** The model or data test that is selected beside the list. */
function selectedItemOrNull(
    state: ListDetailState<RunEntry>,
    { runId }: PastRun,
    { outcomes }: HistoryReads,
): RunItem | null {
    const { value } = outcomes.of(runId);
    const { line } = state.placeOf("main");
    return value === null || line === null || state.activePane() === "list"
        ? null
        : (listRunItems(value)[line] ?? null);
}

/** The two runs to compare, the older first: the marked ones, filled up with the selected one and the run before it. */
function findPairOrNull(state: ListDetailState<RunEntry>): readonly [PastRun, PastRun] | null {
    const before = state.selectable()[state.cursor() + 1];
    const candidates = [...state.marks.get(), state.selectedOrNull(), before].flatMap((entry) => entry?.run ?? []);
    const [one] = candidates;
    const other = candidates.find(({ runId }) => runId !== one?.runId);
    if (one === undefined || other === undefined) {
        return null;
    }
    return BigInt(one.runId) < BigInt(other.runId) ? [one, other] : [other, one];
}

function compare(app: App, state: ListDetailState<RunEntry>): void {
    const pair = findPairOrNull(state);
    if (pair === null) {
        return;
    }
    const [{ runId: left }, { runId: right }] = pair;
    const { models, tests, runs } = buildRunComparison(left, right);
    const show = (what: string, sql: string): DataTarget => ({
        kind: "query",
        sql,
        title: `runs ${left} and ${right}: ${what}`,
    });
    const ofModels = show("their models", models);
    app.go({
        screen: "data",
        show: ofModels,
        beside: [ofModels, show("their data tests", tests), show("themselves", runs)],
    });
}

function listCopies(run: PastRun, item: RunItem | null): readonly CopyChoice[] {
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
