import type { App } from "../../app/app.js";
import type { Handlers } from "../../kit/screen.js";
import { makeChangedRows } from "../../app/dialogs/changed-rows.js";
import { openCopyMenu, type CopyChoice } from "../../kit/copy-menu.js";
import { makeRunSummary } from "./run-summary.js";
import { buildHandlers, openBuildMenu, reasonNotToBuild } from "../../app/builds/plan-build.js";
import { hasProblem, type ModelProgress, type RunProgress } from "../../app/builds/run-progress.js";
import { countChangedRows } from "../../../runs/run.js";
import { listMotions, makeMoves, makeOfSelected } from "../../kit/selected-handlers.js";
import { layOutBuild } from "./paint-build.js";
import type { BuildReads } from "./build-reads.js";
import type { BuildState } from "./build-state.js";

/** What the keys do on the Build screen. */
export function makeBuildActions(app: App, state: BuildState, reads: BuildReads): Handlers {
    const { selectedOrNull } = state;
    const noRun = (): string | null => (reads.run() === null ? "there is no run" : null);
    const ofSelected = makeOfSelected(() => selectedOrNull()?.modelName ?? null, "no model is selected");
    const building = buildHandlers(app, () => selectedOrNull()?.modelName ?? null);
    return {
        ...makeMoves(listMotions, state.move),
        ...building,
        build: {
            ...building.build,
            run: () => {
                openBuildMenu(app, selectedOrNull()?.modelName ?? null);
            },
        },
        open: {
            run: () => {
                open(app, state, reads);
            },
        },
        "move.left": ofSelected((name) => {
            state.setExpanded(name, false);
        }),
        "move.right": ofSelected((name) => {
            state.setExpanded(name, true);
        }),
        back: {
            run: () => {
                state.filter.set("");
                state.isFailuresOnly.set(false);
            },
            disabledReason: () =>
                state.filter.get() === "" && !state.isFailuresOnly.get() ? "there is no filter" : null,
        },
        find: {
            run: () => {
                const before = state.filter.get();
                app.ask({
                    label: "Models with",
                    initial: before,
                    onChange: state.filter.set,
                    onSubmit: state.filter.set,
                    onCancel: () => {
                        state.filter.set(before);
                    },
                });
            },
            disabledReason: noRun,
        },
        failuresOnly: {
            run: () => {
                state.isFailuresOnly.update((isOn) => !isOn);
            },
            disabledReason: noRun,
        },
        zoom: {
            run: () => {
                state.isZoomed.update((isOn) => !isOn);
            },
            disabledReason: () =>
                layOutBuild(app.size.get().columns, false).paneWidth === 0 ? "there is one pane only" : null,
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
                    showChanges(app, state, reads.run(), selected);
                }
            },
            disabledReason: () => reasonWithoutChanges(selectedOrNull()),
        },
        showRows: ofSelected((name) => {
            const model = state.graph()?.models.get(name);
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

/** Opens what went wrong in place, goes to a test, or shows what changed. */
function open(app: App, state: BuildState, reads: BuildReads): void {
    const { item = null, selected = null } = state.list() ?? {};
    if (item === null || selected === null) {
        if (reads.run() === null && reasonNotToBuild(app) === null) {
            openBuildMenu(app, null);
        }
        return;
    }
    const isAllGood = selected.status === "ok" && !hasProblem(selected) && selected.scope?.reason !== "never built";
    if (item.kind === "test") {
        app.go({ screen: "tests", testName: item.testName });
    } else if (item.kind === "changes" || (isAllGood && reasonWithoutChanges(selected) === null)) {
        showChanges(app, state, reads.run(), selected);
    } else {
        state.setExpanded(selected.modelName, !state.isExpanded(selected));
    }
}

/** Why a model has no changed rows to show; null when it has. */
function reasonWithoutChanges(model: ModelProgress | null): string | null {
    if (model === null) {
        return "no model is selected";
    }
    return model.status === "ok" && model.rows !== null && countChangedRows(model.rows) > 0
        ? null
        : "the run changed no row of it";
}

function showChanges(app: App, state: BuildState, run: RunProgress | null, { modelName, rows }: ModelProgress): void {
    const model = state.graph()?.models.get(modelName);
    const runId = run?.runId ?? null;
    if (runId === null || model?.materialisation !== "table" || rows === null) {
        app.say("There are no changed rows to show.", "warned");
        return;
    }
    app.openDialog(makeChangedRows(app, { runId, model, changedCount: countChangedRows(rows) }));
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
