import type { ReadOptions } from "../../../browse/relation.js";
import type { Database } from "../../../database/database.js";
import { formatQuantity } from "../../../text/format-values.js";
import { loadTestHistory, type PastTestResult } from "../../../runs/test-history.js";
import type { App } from "../../app/app.js";
import type { DataTarget, Handlers, Screen } from "../../kit/screen.js";
import { editHandler } from "../../app/editing/edit-model.js";
import { makeKeyedLoad } from "../../kit/load.js";
import { makeListDetail, type ListDetail } from "../../kit/list-detail/list-detail.js";
import { makeOfSelected } from "../../kit/selected-handlers.js";
import { planBuild, reasonNotToBuild } from "../../app/builds/plan-build.js";
import { fitText, wrapText } from "../../kit/lines/fit-text.js";
import { fitStyled } from "../../terminal/styled-line.js";
import { describeTest, testTabs } from "./describe-test.js";
import { chooseFailingRows } from "./failing-rows.js";
import { aboutRows, formatTestAbout, formatTestLine, formatTestTitles } from "./tests-lines.js";
import { listTests, type TestItem } from "./tests-list.js";

const mostResults = 50;
const timeLimitMs = 5000;

/** All data tests with their last results and their histories; Enter shows the failing rows. */
export function makeTestsScreen(app: App): Screen {
    let isVisible = false;
    const readHistory = (
        name: string,
        database: Database,
        options: ReadOptions,
    ): Promise<readonly PastTestResult[]> => {
        const test = app.catalogue.get().value?.registry.tests.find((each) => each.name === name);
        return test === undefined
            ? Promise.resolve([])
            : database.withReadOnlyTransaction((connection) => loadTestHistory(connection, test, mostResults), options);
    };
    const histories = makeKeyedLoad(app, readHistory, timeLimitMs);

    const listDetail = makeListDetail<TestItem>(app, {
        changes: [app.catalogue, histories],
        items: ({ text, isProblemsOnly }) => {
            const { value } = app.catalogue.get();
            return value === null ? null : listTests(value, text, isProblemsOnly);
        },
        tabsOf: () => testTabs,
        firstTabs: { main: "history", side: "sql" },
        describe: (item, { tab, width }) =>
            describeTest(item, tab, histories.of(item.key), {
                width: width - 1,
                theme: app.theme.get(),
                nowMs: app.now(),
            }),
        titles: (width) => formatTestTitles(width, app.theme.get()),
        lineOf: (item, width) => formatTestLine(item, width, app.theme.get()),
        headOf: ({ test }, width) => [app.theme.get().style("strong", fitText(test.name, width))],
        nothing: ({ columns }) => {
            const { value, error } = app.catalogue.get();
            const text =
                value === null
                    ? (error?.message ?? "Reading the data tests …")
                    : "No data test is left. Esc shows all again.";
            return ["", ...wrapText(text, columns - 4).map((line) => `  ${line}`)];
        },
        filterLabel: "Tests with",
        problemsNote: "only what failed or warned",
        openItem: (item) => {
            void openRows(item);
            return true;
        },
        onSelect: needSelected,
    });
    const { state } = listDetail;

    function needSelected(): void {
        const item = state.describedOrNull();
        if (isVisible && item !== null) {
            histories.need(item.key);
        }
    }

    /** Shows the failing rows. If the test did not pass, the last run may have kept the only ones, so its history is read first. */
    async function openRows({ test, last }: TestItem): Promise<void> {
        const show = (rows: readonly DataTarget[]): void => {
            const [first] = rows;
            if (first !== undefined) {
                app.go({ screen: "data", show: first, beside: rows });
            }
        };
        if (last === null || last.status === "passed") {
            show(chooseFailingRows(test, null));
            return;
        }
        try {
            const history =
                histories.of(test.name).value ??
                (await app.read(
                    (database, options) => readHistory(test.name, database, options),
                    undefined,
                    timeLimitMs,
                ));
            if (isVisible && state.selectedOrNull()?.key === test.name) {
                show(chooseFailingRows(test, history[0] ?? null));
            }
        } catch (error) {
            app.say(error instanceof Error ? error.message : String(error), "failed");
        }
    }

    app.size.subscribe(needSelected);
    app.catalogue.subscribe(() => {
        if (!app.catalogue.get().isLoading) {
            histories.outdate();
            needSelected();
        }
    });

    return {
        ...listDetail,
        id: "tests",
        handlers: { ...listDetail.handlers, ...makeTestsActions(app, listDetail, openRows) },
        title: (width) => formatTitle(app, width),
        paint: (size) => {
            const item = state.selectedOrNull();
            if (item === null || size.columns >= 100 || state.activePane() !== "list") {
                return listDetail.paint(size);
            }
            const lines = listDetail.paint({ ...size, rows: size.rows - aboutRows - 1 });
            return [
                ...lines,
                "",
                ...formatTestAbout(item, size.columns - 2, app.theme.get()).map((line) => ` ${line}`),
            ];
        },
        show: (target, isBack) => {
            isVisible = true;
            if (target.screen === "tests" && target.testName !== undefined && isBack !== true) {
                state.select(target.testName);
                state.focus.set("list");
            }
            needSelected();
        },
        hide: () => {
            isVisible = false;
            histories.cancel();
            listDetail.hide?.();
        },
    };
}

/** `91 data tests   1 failed, 23 warned` */
function formatTitle(app: App, width: number): string {
    const theme = app.theme.get();
    const { value } = app.catalogue.get();
    if (value === null) {
        return theme.style("strong", "Tests");
    }
    const statuses = value.registry.tests.map(({ name }) => value.tests.get(name)?.status ?? null);
    const failed = statuses.filter((status) => status === "failed" || status === "broken").length;
    const warned = statuses.filter((status) => status === "warned").length;
    const known = statuses.filter((status) => status === "known").length;
    const problems = [
        ...(failed === 0 ? [] : [theme.style("failed", `${failed} failed`)]),
        ...(warned === 0 ? [] : [theme.style("warned", `${warned} warned`)]),
        ...(known === 0 ? [] : [`${known} known`]),
    ];
    const about = problems.length === 0 ? theme.style("ok", "none failed or warned") : problems.join(", ");
    return fitStyled(`${theme.style("strong", formatQuantity(statuses.length, "data test"))}   ${about}`, width);
}

/** The actions for the selected data test. */
function makeTestsActions(
    app: App,
    { state, handlers }: ListDetail<TestItem>,
    openRows: (item: TestItem) => Promise<void>,
): Handlers {
    const ofSelected = makeOfSelected(state.selectedOrNull, "no data test is selected");
    return {
        ...(handlers.open === undefined
            ? {}
            : {
                  open: {
                      ...handlers.open,
                      title: () => (state.activePane() === "list" ? "failing rows" : "kept rows"),
                  },
              }),
        showRows: ofSelected((item) => void openRows(item)),
        showLineage: ofSelected(({ test }) => {
            app.go({ screen: "lineage", name: test.modelName });
        }),
        showSql: ofSelected(() => {
            state.showTab("main", "sql");
            state.focus.set("main");
        }),
        edit: editHandler(app, () => state.selectedOrNull()?.test.modelName ?? null),
        test: {
            run: () => {
                const item = state.selectedOrNull();
                if (item !== null) {
                    planBuild(app, { command: "test", select: [item.test.modelName] });
                }
            },
            disabledReason: () =>
                reasonNotToBuild(app) ?? (state.selectedOrNull() === null ? "no data test is selected" : null),
        },
        copy: ofSelected(({ test }) => {
            app.copy(test.failingRowsSql, "the SQL of the failing rows");
        }),
    };
}
