import type { App } from "../../app/app.js";
import type { Handlers } from "../../kit/screen.js";
import { showChangedRows } from "../../app/show-changed-rows.js";
import { openCopyMenu, type CopyChoice } from "../../kit/copy-menu.js";
import { makeRunSummary } from "./run-summary.js";
import { buildHandlers, openBuildMenu, reasonNotToBuild } from "../../app/builds/plan-build.js";
import { editHandler } from "../../app/editing/edit-model.js";
import { hasProblem, makeQueuedModel, type ModelProgress, type RunProgress } from "../../app/builds/run-progress.js";
import { countChangedRows } from "../../../runs/run.js";
import type { ListDetail } from "../../kit/list-detail/list-detail.js";
import type { ListDetailState } from "../../kit/list-detail/list-detail-state.js";
import { makeOfSelected } from "../../kit/selected-handlers.js";
import type { BuildItem } from "./build-list.js";
import type { BuildReads } from "./build-reads.js";

/** The actions of the Build screen, besides those of every list. */
export function makeBuildActions(app: App, { state, handlers }: ListDetail<BuildItem>, reads: BuildReads): Handlers {
    const selectedOrNull = (): ModelProgress | null => {
        const item = state.selectedOrNull();
        return item === null ? null : modelOrNull(reads.run(), item);
    };
    const noRun = (): string | null => (reads.run() === null ? "there is no run" : null);
    const ofSelected = makeOfSelected(() => selectedOrNull()?.modelName ?? null, "no model is selected");
    return {
        ...buildHandlers(app, () => selectedOrNull()?.modelName ?? null),
        edit: editHandler(app, () => selectedOrNull()?.modelName ?? null),
        open: {
            run: () => {
                if (reads.run() === null && reasonNotToBuild(app) === null) {
                    openBuildMenu(app, null);
                } else {
                    handlers.open?.run();
                }
            },
        },
        cancel: {
            run: () => {
                app.builds.cancel();
                app.say("Cancelling the build. What is published stays.");
            },
            disabledReason: () => reasonNotToCancel(app),
        },
        cancelModel: {
            ...ofSelected((modelName) => {
                app.builds.cancelModel(modelName);
                app.say(`Cancelling ${modelName}: what is made from it is skipped, the rest goes on.`);
            }),
            disabledReason: () => reasonNotToCancelModel(app, reads.run(), selectedOrNull()),
        },
        summary: {
            run: () => {
                const run = reads.run();
                if (run !== null) {
                    app.openDialog(makeRunSummary(app, run));
                }
            },
            disabledReason: noRun,
        },
        showChanges: {
            run: () => {
                const selected = selectedOrNull();
                if (selected !== null) {
                    showChanges(app, reads.run(), selected);
                }
            },
            disabledReason: () => reasonWithoutChanges(selectedOrNull()),
        },
        showRows: ofSelected((name) => {
            const model = app.catalogue.get().value?.graph.models.get(name);
            if (model !== undefined) {
                app.go({ screen: "data", show: { kind: "relation", schema: model.schema, name } });
            }
        }),
        showLineage: ofSelected((name) => {
            app.go({ screen: "lineage", name });
        }),
        showSql: ofSelected((modelName) => {
            app.go({ screen: "models", modelName, tab: "sql" });
        }),
        copy: {
            run: () => {
                openCopyMenu(app, listCopies(reads.run(), selectedOrNull()));
            },
            disabledReason: noRun,
        },
    };
}

function modelOrNull(run: RunProgress | null, { modelName }: BuildItem): ModelProgress | null {
    return run === null ? null : (run.models.get(modelName) ?? makeQueuedModel(modelName));
}

/** Enter: goes to the data test, shows the changed rows or the model, or opens and closes the details of a model. */
export function openBuildItem(app: App, state: ListDetailState<BuildItem>, reads: BuildReads, item: BuildItem): void {
    const run = reads.run();
    const model = modelOrNull(run, item);
    if (model === null) {
        return;
    }
    const isGood = model.status === "ok" && !hasProblem(model);
    const hasChanges = model.scope?.reason !== "never built" && reasonWithoutChanges(model) === null;
    if (item.kind === "test") {
        app.go({ screen: "tests", testName: item.testName });
    } else if (item.kind === "changes" || (isGood && hasChanges)) {
        showChanges(app, run, model);
    } else if (isGood) {
        // The run has no details of it, so show the model itself.
        app.go({ screen: "models", modelName: model.modelName });
    } else {
        const isOpen =
            state.items()?.some(({ parentKey }) => parentKey === model.modelName) === true || item.height > 1;
        state.setFold(model.modelName, !isOpen);
    }
}

/** Why a model has no changed rows to show; null when it has some. */
function reasonWithoutChanges(model: ModelProgress | null): string | null {
    if (model === null) {
        return "no model is selected";
    }
    return model.status === "ok" && model.rows !== null && countChangedRows(model.rows) > 0
        ? null
        : "the run changed no row of it";
}

function showChanges(app: App, run: RunProgress | null, { modelName, rows }: ModelProgress): void {
    const model = app.catalogue.get().value?.graph.models.get(modelName);
    const runId = run?.runId ?? null;
    if (runId === null || model?.materialisation !== "table" || rows === null) {
        app.say("There are no changed rows to show.", "warned");
        return;
    }
    void showChangedRows(app, { runId, model, changedCount: countChangedRows(rows) });
}

/** Why nothing can be cancelled from here; null when something can. */
function reasonNotToCancel(app: App): string | null {
    if (app.builds.isRunning()) {
        return app.builds.get()?.isCancelling === true ? "it is being cancelled" : null;
    }
    const elsewhere = app.builds.elsewhereOrNull();
    return elsewhere === null
        ? "no build is running"
        : `run ${elsewhere.runId ?? ""} is ${elsewhere.startedBy ?? "another process"}'s; cancel it there`;
}

/** Why the selected model alone cannot be cancelled; null when it can. */
function reasonNotToCancelModel(app: App, run: RunProgress | null, model: ModelProgress | null): string | null {
    const reason = reasonNotToCancel(app);
    if (reason !== null) {
        return reason;
    }
    if (model === null || run?.runId !== app.builds.get()?.progress.runId) {
        return "no model of the running build is selected";
    }
    if (model.isCancelling) {
        return "it is being cancelled";
    }
    return model.status === "running" || model.status === "queued" ? null : "it has ended";
}

function listCopies(run: RunProgress | null, model: ModelProgress | null): readonly CopyChoice[] {
    const runId = run?.runId ?? null;
    const name = model?.modelName ?? null;
    return [
        { title: "the command that shows this run", text: runId === null ? null : `stardeck history ${runId}` },
        {
            title: "the command that shows its changed rows",
            text: runId === null || name === null ? null : `stardeck history ${runId} ${name} --diff`,
        },
        { title: "the model's name", text: name },
        { title: "its message", text: model?.message },
    ];
}
