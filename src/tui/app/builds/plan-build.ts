import { loadUnfinishedWorkOrNull } from "../../../runs/run-history.js";
import type { App } from "../app.js";
import type { Handlers } from "../../kit/screen.js";
import type { BuildRequest } from "./build-monitor.js";
import { makeMenu, type MenuItem } from "../../kit/menu.js";
import { readOnlyReason } from "../../kit/dispatch.js";
import { describeSelection, makePlanDialog } from "./plan.js";

/** What a person wants built. */
export interface BuildChoice {
    /** Selectors, as on the command line; empty for every model. */
    readonly select: readonly string[];
    /** `build` when not given. */
    readonly command?: BuildRequest["command"];
    readonly fullRefresh?: boolean;
}

/** Shows the plan of a build; Enter there starts it and goes to the Build screen. */
export function planBuild(app: App, { select, command = "build", fullRefresh = false }: BuildChoice): void {
    const what = `${fullRefresh ? "full refresh of" : command} ${describeSelection(select)}`;
    app.openDialog(
        makePlanDialog(app, {
            title: `Plan: ${what}`,
            resolve: () => Promise.resolve({ command, select, fullRefresh }),
            nothing: nothingOf(select),
            start: (request) => {
                startBuild(app, request);
            },
        }),
    );
}

/** Plans what failed, was skipped or cancelled, in the way of the last run. */
export function planRetry(app: App): void {
    app.openDialog(
        makePlanDialog(app, {
            title: "Plan: retry what failed, was skipped or cancelled",
            resolve: async (database) => {
                const unfinished = await loadUnfinishedWorkOrNull(database);
                if (unfinished === null || unfinished.modelNames.length === 0) {
                    return null;
                }
                const { command, modelNames, isFullRefresh } = unfinished;
                return {
                    command: command === "run" || command === "test" ? command : "build",
                    select: modelNames,
                    fullRefresh: isFullRefresh,
                };
            },
            nothing: "Nothing to retry: no model's last result is failed, skipped or cancelled.",
            start: (request) => {
                startBuild(app, request);
            },
        }),
    );
}

/** What can be built, to choose from. */
export function openBuildMenu(app: App, selected: string | null): void {
    const item = (hint: string, title: string, description: string, choice: BuildChoice): MenuItem => ({
        hint,
        title,
        description,
        run: () => {
            planBuild(app, choice);
        },
    });
    const ofSelected =
        selected === null
            ? []
            : [
                  item("b", selected, "This model alone.", { select: [selected] }),
                  item("d", `${selected} with downstream`, "And everything made from it.", {
                      select: [`${selected}+`],
                  }),
                  item("u", `${selected} with upstream`, "And everything that it is made from.", {
                      select: [`+${selected}`],
                  }),
                  item("f", `full refresh of ${selected}`, "Computes every row of it again.", {
                      select: [selected],
                      fullRefresh: true,
                  }),
              ];
    app.openDialog(
        makeMenu(app, {
            title: "Build",
            columns: 64,
            items: [
                item("a", "everything", "All models: what is up to date is left alone.", { select: [] }),
                item("s", "stale", "What new rows, changes upstream or failures leave behind.", {
                    select: ["state:stale"],
                }),
                item("e", "failed", "Models whose last result is a failure.", { select: ["result:error"] }),
                {
                    hint: "r",
                    title: "failed, skipped and cancelled",
                    description: "Takes up what earlier runs left undone, in the way of the last one.",
                    run: () => {
                        planRetry(app);
                    },
                },
                ...ofSelected,
                item("F", "full refresh of everything", "Computes every row of every model again.", {
                    select: [],
                    fullRefresh: true,
                }),
            ],
        }),
    );
}

/**
 * The actions that build, for a screen on which a model can be selected.
 *
 * @param selected the model that is selected, or another selector, such as `source:orders+`; null for none
 */
export function buildHandlers(
    app: App,
    selected: () => string | null,
): Pick<Handlers, "build" | "buildDownstream" | "fullRefresh" | "test" | "retry"> {
    const plan =
        (choose: (selector: string) => BuildChoice): (() => void) =>
        () => {
            const selector = selected();
            if (selector === null) {
                openBuildMenu(app, null);
            } else {
                planBuild(app, choose(selector));
            }
        };
    const disabledReason = (): string | null => reasonNotToBuild(app);
    return {
        build: { run: plan((selector) => ({ select: [selector] })), disabledReason },
        buildDownstream: {
            run: plan((selector) => ({ select: [selector.endsWith("+") ? selector : `${selector}+`] })),
            disabledReason,
        },
        fullRefresh: { run: plan((selector) => ({ select: [selector], fullRefresh: true })), disabledReason },
        test: {
            run: () => {
                const selector = selected();
                planBuild(app, { select: selector === null ? [] : [selector], command: "test" });
            },
            disabledReason,
        },
        retry: {
            run: () => {
                planRetry(app);
            },
            disabledReason,
        },
    };
}

/** Why no build can be started now; null when one can. */
export function reasonNotToBuild(app: App): string | null {
    if (app.isReadOnly) {
        return readOnlyReason;
    }
    if (app.builds.isRunning()) {
        return "a build is running; x on the Build screen cancels it";
    }
    const elsewhere = app.builds.elsewhereOrNull();
    if (elsewhere !== null) {
        return `run ${elsewhere.runId ?? ""} by ${elsewhere.startedBy ?? "somebody else"} is running`;
    }
    return app.connection.get().kind === "open" ? null : "the database is not open";
}

/** Starts a build and shows it. */
function startBuild(app: App, request: BuildRequest): void {
    const reason = reasonNotToBuild(app);
    if (reason !== null) {
        app.say(`build: ${reason}.`, "warned");
        return;
    }
    void app.builds.start(request);
    app.go({ screen: "build" });
}

function nothingOf(select: readonly string[]): string {
    switch (select.join(" ")) {
        case "state:stale":
            return "Nothing is stale: every model is up to date.";
        case "result:error":
            return "Nothing has failed.";
        default:
            return "The selection is empty: there is nothing to do.";
    }
}
