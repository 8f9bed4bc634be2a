import { reach } from "../../../engine/graph.js";
import { loadUnfinishedWorkOrNull } from "../../../runs/run-history.js";
import type { App } from "../app.js";
import type { Handlers } from "../../kit/screen.js";
import type { BuildRequest } from "./build-monitor.js";
import { makeMenu, type MenuItem } from "../../kit/menu.js";
import { readOnlyReason } from "../../kit/dispatch.js";
import { describeSelection, makePlanDialog } from "./plan.js";

/** A build that a person has chosen. */
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

/** Plans the models that failed, were skipped or cancelled, with the command of the last run. */
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

/** Opens a menu of what can be built, each with the number of its stale models. The most likely choice comes first. */
export function openBuildMenu(app: App, selected: string | null): void {
    void app.staleness.need();
    const listItems = (): readonly MenuItem[] => {
        // The menu may be open before the models are read.
        const model = selected === null ? undefined : app.catalogue.get().value?.graph.models.get(selected);
        const item = (hint: string, title: string, description: string, choice: BuildChoice, count = ""): MenuItem => ({
            hint,
            title: count === "" ? title : `${title}: ${count}`,
            description,
            run: () => {
                planBuild(app, choice);
            },
        });
        const name = model?.name ?? "";
        const ofModel =
            model === undefined
                ? []
                : [
                      item(
                          "u",
                          `${name} with what is stale above it`,
                          "With all that it is made from, where that is not up to date.",
                          { select: [`+${name}`] },
                          countStale(app, closureOf(app, name, "upstreamOf")),
                      ),
                      item(
                          "b",
                          `${name} alone`,
                          "From its upstream models as they are now.",
                          { select: [name] },
                          countStale(app, [name]),
                      ),
                      item(
                          "d",
                          `${name} with downstream`,
                          "With all that is made from it.",
                          { select: [`${name}+`] },
                          countStale(app, closureOf(app, name, "downstreamOf")),
                      ),
                      item("f", `full refresh of ${name}`, "Computes every row of it again.", {
                          select: [name],
                          fullRefresh: true,
                      }),
                  ];
        const ofOther =
            selected === null || model !== undefined
                ? []
                : [item("b", selected, "Everything that this selects.", { select: [selected] })];
        return [
            ...ofModel,
            ...ofOther,
            item(
                "s",
                "all that is stale",
                "What new rows, changes upstream or failures leave behind.",
                { select: ["state:stale"] },
                countStale(app, [...(app.catalogue.get().value?.graph.models.keys() ?? [])]),
            ),
            item("a", "everything", "All models: what is up to date is left alone.", { select: [] }),
            item("e", "failed", "Models whose last result is a failure.", { select: ["result:error"] }),
            {
                hint: "r",
                title: "failed, skipped and cancelled",
                description: "Takes up what earlier runs left undone, in the way of the last one.",
                run: () => {
                    planRetry(app);
                },
            },
            item("F", "full refresh of everything", "Computes every row of every model again.", {
                select: [],
                fullRefresh: true,
            }),
        ];
    };
    app.openDialog(
        makeMenu(app, {
            title: "Build",
            columns: 68,
            items: listItems,
            changes: [app.staleness, app.catalogue],
        }),
    );
}

/** `12 to build, 3 if they change`; empty while the staleness is not known. */
function countStale(app: App, names: readonly string[]): string {
    const { value } = app.staleness.get();
    if (value === null) {
        return "";
    }
    const kinds = names.map((name) => value.get(name)?.kind);
    const [stale, maybe] = [
        kinds.filter((kind) => kind === "stale").length,
        kinds.filter((kind) => kind === "maybe").length,
    ];
    if (stale === 0) {
        return "nothing to do";
    }
    return `${stale} to build${maybe === 0 ? "" : `, ${maybe} if they change`}`;
}

/** The model and all models upstream or downstream of it. */
function closureOf(app: App, name: string, direction: "upstreamOf" | "downstreamOf"): readonly string[] {
    const graph = app.catalogue.get().value?.graph;
    return graph === undefined
        ? [name]
        : [name, ...reach([name], graph[direction])].filter((each) => graph.models.has(each));
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
        build: {
            run: () => {
                openBuildMenu(app, selected());
            },
            disabledReason,
        },
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
            disabledReason: () => reasonNotToRetry(app),
        },
    };
}

/** Why a retry cannot be started; null when it can. */
export function reasonNotToRetry(app: App): string | null {
    const reason = reasonNotToBuild(app);
    if (reason !== null) {
        return reason;
    }
    // The results of the run that has just ended are known before the catalogue is read again.
    const statuses = [
        ...[...(app.builds.current.get()?.models.values() ?? [])].map(({ status }) => status),
        ...[...(app.catalogue.get().value?.models.values() ?? [])].map(({ lastStatus }) => lastStatus),
    ];
    const isUnfinished = statuses.some(
        (status) => status === "failed" || status === "skipped" || status === "cancelled",
    );
    return isUnfinished ? null : "nothing failed, was skipped or cancelled";
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
