import type { App, Handler, Handlers, Screen } from "../../app.js";
import { makeTextViewer } from "../../dialogs/text-viewer.js";
import { listMotionOrNull, listStart, moveList, placeList, type ListState } from "../../list-state.js";
import { planBuild } from "../../plan-build.js";
import { formatSqlLines } from "../../presentation/highlight-sql.js";
import { markSelected } from "../../presentation/table-lines.js";
import { makeStore } from "../../store.js";
import { formatTestAbout, formatTestLine, formatTestTitles } from "./tests-lines.js";
import { listTests, type TestItem } from "./tests-list.js";

interface TestsState {
    readonly list: ListState;
    readonly filter: string;
    readonly isProblemsOnly: boolean;
}

/** Titles above the list, two lines about the selected test below it. */
const frameRows = 4;

/** All data tests with their last results; Enter shows the rows that fail. */
export function makeTestsScreen(app: App): Screen {
    const state = makeStore<TestsState>({ list: listStart, filter: "", isProblemsOnly: false });
    let height = 1;

    const items = (): readonly TestItem[] => {
        const { value } = app.catalogue.get();
        return value === null ? [] : listTests(value, state.get().filter, state.get().isProblemsOnly);
    };
    const selected = (): TestItem | null => items()[state.get().list.cursor] ?? null;
    const change = (changes: Partial<TestsState>): void => {
        state.update((before) => ({ ...before, list: listStart, ...changes }));
    };
    const onSelected = (run: (item: TestItem) => void): Handler => ({
        run: () => {
            const item = selected();
            if (item !== null) {
                run(item);
            }
        },
        disabledReason: () => (selected() === null ? "no data test is selected" : null),
    });
    const move = (id: string): Handler => ({
        run: () => {
            const by = listMotionOrNull(id, height) ?? 0;
            change({ list: moveList(state.get().list, by, items().length, height) });
        },
    });
    const showRows = onSelected(({ test }) => {
        app.go({
            screen: "data",
            show: { kind: "query", sql: test.failingRowsSql, title: `rows that fail ${test.name}` },
        });
    });
    const handlers: Handlers = {
        "move.up": move("move.up"),
        "move.down": move("move.down"),
        "move.pageUp": move("move.pageUp"),
        "move.pageDown": move("move.pageDown"),
        "move.start": move("move.start"),
        "move.end": move("move.end"),
        open: showRows,
        showRows,
        showLineage: onSelected(({ test }) => {
            app.go({ screen: "lineage", name: test.modelName });
        }),
        showSql: onSelected(({ test }) => {
            const lines = (width: number): readonly string[] =>
                formatSqlLines(test.failingRowsSql, width, app.theme.get());
            app.openDialog(
                makeTextViewer(app, {
                    title: `The rows that fail ${test.name}`,
                    lines,
                    copyText: test.failingRowsSql,
                    copyName: "the SQL",
                }),
            );
        }),
        test: onSelected(({ test }) => {
            planBuild(app, { command: "test", select: [test.modelName] });
        }),
        failuresOnly: {
            run: () => {
                change({ isProblemsOnly: !state.get().isProblemsOnly });
            },
        },
        find: {
            run: () => {
                const before = state.get().filter;
                app.ask({
                    label: "Tests with",
                    initial: before,
                    onChange: (filter) => {
                        change({ filter });
                    },
                    onSubmit: (filter) => {
                        change({ filter });
                    },
                    onCancel: () => {
                        change({ filter: before });
                    },
                });
            },
        },
        back: {
            run: () => {
                change({ filter: "", isProblemsOnly: false });
            },
            disabledReason: () => (state.get().filter === "" && !state.get().isProblemsOnly ? "no filter" : null),
        },
    };

    return {
        id: "tests",
        changes: [app.catalogue, state],
        handlers,
        title: () => {
            const { filter, isProblemsOnly } = state.get();
            const parts = [`${items().length} data tests`, ...(isProblemsOnly ? ["failed or warned"] : [])];
            return [...parts, ...(filter === "" ? [] : [`with "${filter}"`])].join(", ");
        },
        paint: ({ columns, rows }) => {
            const theme = app.theme.get();
            const { value, error } = app.catalogue.get();
            if (value === null) {
                return ["", `  ${error === null ? "Reading the data tests …" : error.message}`];
            }
            const listed = items();
            height = Math.max(1, rows - frameRows);
            const { cursor, offset } = placeList(state.get().list, state.get().list.cursor, listed.length, height);
            const lines = Array.from({ length: height }, (_, row) => {
                const item = listed[offset + row];
                return item === undefined
                    ? ""
                    : markSelected(formatTestLine(item, columns - 1, theme), offset + row === cursor, columns, theme);
            });
            const item = listed[cursor];
            return [
                ` ${formatTestTitles(columns - 1, theme)}`,
                ...(listed.length === 0 ? ["  No data test is left. Esc shows all again.", ...lines.slice(1)] : lines),
                "",
                ...(item === undefined ? [] : formatTestAbout(item, columns - 2, theme).map((line) => ` ${line}`)),
            ];
        },
        show: (target) => {
            if (target.screen === "tests" && target.testName !== undefined) {
                const { testName } = target;
                change({ filter: "", isProblemsOnly: false });
                const place = items().findIndex(({ test }) => test.name === testName);
                change({ list: placeList(listStart, Math.max(0, place), items().length, height) });
            }
        },
        click: ({ action, row }) => {
            if (action === "press" && row >= 1 && row <= height) {
                const { list } = state.get();
                change({ list: placeList(list, list.offset + row - 1, items().length, height) });
            }
        },
    };
}
