import { formatQuantity } from "../../../text/format-values.js";
import type { App } from "../../app/app.js";
import type { Screen } from "../../kit/screen.js";
import { makeListDetail } from "../../kit/list-detail/list-detail.js";
import { noFilter, type Folds, type ListFilter } from "../../kit/list-detail/list-detail-state.js";
import { formatErrorLines } from "../../kit/lines/error-lines.js";
import { wrapText } from "../../kit/lines/fit-text.js";
import type { Look } from "../../kit/lines/state-look.js";
import { isRunning, type ModelProgress } from "../../app/builds/run-progress.js";
import { fitStyled } from "../../terminal/styled-line.js";
import { describeItem, formatItemHead, tabsOfItem } from "./describe-item.js";
import { makeModelsActions } from "./models-actions.js";
import { formatModelsLine, formatModelsTitles, lookOfItem, lookOfSource } from "./models-lines.js";
import { isProblem, keyOf, listModels, type ModelsItem } from "./models-list.js";
import { makeModelsReads } from "./models-reads.js";

/** Every source, model and data test by layer, with the details of each. */
export function makeModelsScreen(app: App): Screen {
    const reads = makeModelsReads(app);
    let isVisible = false;

    const progressOf = (modelName: string): ModelProgress | null => {
        const run = app.builds.current.get();
        return run !== null && isRunning(run) ? (run.models.get(modelName) ?? null) : null;
    };
    const list = (filter: ListFilter, folds: Folds): readonly ModelsItem[] | null => {
        const catalogue = app.catalogue.get().value;
        return catalogue === null
            ? null
            : listModels({
                  catalogue,
                  sources: reads.sources(),
                  newsOf: reads.newsOf,
                  nowMs: app.now(),
                  staleness: reads.staleness(),
                  progressOf,
                  folds,
                  filter,
              });
    };
    const everything = (): readonly ModelsItem[] => list(noFilter, new Map()) ?? [];

    function lookOf(items: readonly ModelsItem[], name: string): Look | null {
        const item = items.find(
            (each) =>
                (each.kind === "model" && each.model.name === name) ||
                (each.kind === "source" && each.source.name === name),
        );
        return item?.kind === "model"
            ? lookOfItem(item, app.theme.get())
            : item?.kind === "source"
              ? lookOfSource(item, app.theme.get())
              : null;
    }

    const listDetail = makeListDetail<ModelsItem>(app, {
        changes: [...reads.changes, app.catalogue, app.builds.current],
        items: list,
        firstOf: (items) =>
            Math.max(
                0,
                items.findIndex(({ kind }) => kind === "model"),
            ),
        foldOf: (item) =>
            item.kind === "group"
                ? { key: item.key, isOpen: !item.isFolded }
                : item.kind === "model"
                  ? { key: item.key, isOpen: item.isOpen }
                  : null,
        tabsOf: tabsOfItem,
        firstTabs: { main: "overview", side: "sql" },
        describe: (item, { tab, width }) => {
            const catalogue = app.catalogue.get().value;
            if (catalogue === null) {
                return [];
            }
            const items = everything();
            return describeItem(item, tab, {
                width: width - 1,
                theme: app.theme.get(),
                nowMs: app.now(),
                graph: catalogue.graph,
                everything: () => items,
                lastTestOf: (name) => catalogue.tests.get(name) ?? null,
                isHeld: (name) => catalogue.heldTests.has(name),
                details: reads.detailsOf(item),
                explained: reads.explainedOf(item.kind === "model" ? item.model.name : ""),
                lookOf: (name) => lookOf(items, name),
            });
        },
        titles: (width) => formatModelsTitles(width, app.theme.get()),
        lineOf: (item, width) => formatModelsLine(item, { width, theme: app.theme.get(), nowMs: app.now() }),
        headOf: (item, width) => formatItemHead(item, width, app.theme.get(), app.now()),
        nothing: ({ columns }) => paintNothing(app, columns),
        filterLabel: "Models, tests and sources with",
        problemsNote: "only what failed, warned or is stale",
        openItem: (item) => {
            if (item.kind === "group") {
                state.setFold(item.key, item.isFolded);
                return true;
            }
            if (item.kind === "test") {
                app.go({ screen: "tests", testName: item.test.name });
                return true;
            }
            return false;
        },
        onSelect: needSelected,
    });
    const { state } = listDetail;

    /** Reads the details of the selected item, if a pane shows them. */
    function needSelected(): void {
        const item = state.describedOrNull();
        if (isVisible && item !== null) {
            reads.need(item);
            needExplained();
        }
    }

    /** Reads how the selected table is kept up to date, if that tab is in view. */
    function needExplained(): void {
        const item = state.describedOrNull();
        if (isVisible && item?.kind === "model" && [state.tabOf("main"), state.tabOf("side")].includes("updates")) {
            reads.needExplained(item.model.name);
        }
    }

    function noticeCatalogue(): void {
        const { value } = app.catalogue.get();
        if (isVisible && value !== null) {
            reads.sync(value);
            needSelected();
        }
    }

    app.catalogue.subscribe(noticeCatalogue);
    app.size.subscribe(needSelected);
    state.tabs.subscribe(needExplained);

    return {
        ...listDetail,
        id: "models",
        handlers: {
            ...listDetail.handlers,
            ...makeModelsActions(app, listDetail, reads),
        },
        title: (width) => formatTitle(app, everything(), width),
        show: (target, isBack) => {
            const wasVisible = isVisible;
            isVisible = true;
            noticeCatalogue();
            if (target.screen === "models" && target.modelName !== undefined && isBack !== true) {
                const { modelName, tab = null } = target;
                const isSource = app.catalogue.get().value?.graph.models.has(modelName) === false;
                const key = keyOf(isSource ? "source" : "model", modelName);
                if (wasVisible) {
                    state.select(key);
                    needSelected();
                } else {
                    listDetail.visit(key, tab);
                }
            } else if (isBack !== true) {
                listDetail.enter();
            } else {
                needSelected();
            }
        },
        hide: () => {
            isVisible = false;
            reads.cancel();
            listDetail.hide?.();
        },
        save: () => ({ selected: state.selectedOrNull()?.key ?? null, folded: listFolded(state.folds()) }),
        restore: (saved) => {
            const { selected, folded: names } = (saved ?? {}) as {
                readonly selected?: unknown;
                readonly folded?: unknown;
            };
            if (Array.isArray(names)) {
                for (const name of names.filter((each) => typeof each === "string")) {
                    state.setFold(keyOf("group", name), false);
                }
            }
            if (typeof selected === "string") {
                state.select(selected);
            }
        },
    };
}

/** The names of the groups that a person has closed. */
function listFolded(folds: Folds): readonly string[] {
    const group = keyOf("group", "");
    return [...folds].flatMap(([key, isOpen]) => (key.startsWith(group) && !isOpen ? [key.slice(group.length)] : []));
}

/** `19 models, 11 sources   2 to look at` */
function formatTitle(app: App, items: readonly ModelsItem[], width: number): string {
    const theme = app.theme.get();
    const members = items.flatMap((item) => (item.kind === "model" || item.kind === "source" ? [item] : []));
    const models = members.filter(({ kind }) => kind === "model").length;
    if (members.length === 0) {
        return theme.style("strong", "Models");
    }
    const problems = members.filter(isProblem).length;
    const about = problems === 0 ? theme.style("ok", "all well") : theme.style("warned", `${problems} to look at`);
    return fitStyled(
        `${theme.style("strong", formatQuantity(models, "model"))}, ${formatQuantity(members.length - models, "source")}   ${about}`,
        width,
    );
}

function paintNothing(app: App, width: number): readonly string[] {
    const { value, error } = app.catalogue.get();
    const theme = app.theme.get();
    if (value !== null) {
        return [];
    }
    const lines =
        error === null
            ? wrapText("Reading sources, models and data tests …", width - 4)
            : formatErrorLines(error, width - 4, theme);
    return ["", ...lines.map((line) => `  ${line}`)];
}
