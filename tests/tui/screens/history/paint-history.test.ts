import { describe, expect, it } from "vitest";
import { allRuns } from "../../../../src/runs/run-pages.js";
import type { ModelRun } from "../../../../src/runs/run.js";
import type { RunOutcome } from "../../../../src/runs/run-outcome.js";
import { formatHistoryTitle, makeRunList, paintNoHistory } from "../../../../src/tui/screens/history/paint-history.js";
import type { RunItem } from "../../../../src/tui/screens/history/paint-run.js";
import type { RunEntry } from "../../../../src/tui/screens/history/past-run-line.js";
import type { ListDetail } from "../../../../src/tui/kit/list-detail/list-detail.js";
import type { TerminalSize } from "../../../../src/tui/terminal/open-terminal.js";
import { styledWidth } from "../../../../src/tui/terminal/styled-line.js";
import { makeTheme } from "../../../../src/tui/kit/theme.js";
import { makeList } from "../../paint-list.js";
import { plainLine } from "../../plain-line.js";
import { makePastRun } from "./sample-runs.js";

const theme = makeTheme("mono", false);
const nowMs = Date.parse("2025-03-01T12:06:00Z");
const runs = [
    makePastRun(15, { status: "running", durationMs: 4000, okModelCount: 1 }),
    makePastRun(14, {
        status: "failed",
        message: "2 data tests failed",
        okModelCount: 1,
        failedTestCount: 2,
        rowsInserted: 1234,
        rowsUpdated: 4,
    }),
    makePastRun(13, { command: "test", selection: "fct_orders", durationMs: 80, warnedTestCount: 3 }),
    makePastRun(12, { status: "cancelled", isFullRefresh: true, startedAt: "2025-02-27T12:00:00Z" }),
    makePastRun(11, { status: "running", durationMs: 400_000 }),
];
const outcome: RunOutcome = {
    models: [],
    moreModelCount: 0,
    unchangedModelCount: 12,
    problems: [],
    passedTestCount: 34,
};
const model: ModelRun = {
    modelName: "fct_orders",
    status: "ok",
    scope: { kind: "entities", entityCount: 3, reason: "new rows" },
    rows: { inserted: 1234, updated: 4, deleted: 0, unchanged: 0 },
    durationMs: 240,
    message: null,
};
const ended: RunOutcome = {
    ...outcome,
    models: [{ ...model, modelName: "dim_product", status: "failed", message: "a test failed" }, model],
    problems: [
        {
            testName: "dim_product.not_null.product_key",
            modelName: "dim_product",
            status: "failed",
            failingCount: 17,
            message: null,
        },
    ],
};

function makeRuns(size: TerminalSize, open: (item: RunItem) => void = () => undefined): ListDetail<RunEntry> {
    return makeList(size, {
        ...makeRunList(() => ({
            current: null,
            isMarked: (runId) => runId === "13",
            outcomeOf: () => ({ value: ended, error: null, isLoading: false }),
            open: (_, item) => {
                open(item);
            },
            nowMs,
            theme,
        })),
        items: () => runs.map((run, index) => ({ key: run.runId, run, isNewest: index === 0 })),
        problemsNote: "only what failed or warned",
        filterLabel: "Runs with",
    });
}

describe("the list of runs", () => {
    it("shows each with its state, rows and tests; a running one that is not the newest has crashed", () => {
        const list = makeRuns({ columns: 80, rows: 7 });
        list.state.select("14");
        expect(list.paint({ columns: 80, rows: 7 }).map((line) => plainLine(line).trimEnd())).toEqual([
            "        run what        when          time state rows +/~/-         tests models",
            "   ~     15 build       5 min ago    4.0 s run   no change                   1/3",
            "▌  ✗     14 build       5 min ago     12 s FAIL  +1,234 ~4 -0         2 ✗    1/3",
            " ● !     13 test fct_o… 5 min ago    80 ms warn                       3 !      3",
            "   ◼     12 build full… 2 days ago    12 s stop  no change                     3",
            "   ✗     11 build       5 min ago     6:40 CRASH no change                     3",
            "",
        ]);
    });

    it("is scrolled to the cursor below what is left out", () => {
        const list = makeRuns({ columns: 80, rows: 4 });
        list.state.filter.set({ text: "fct", isProblemsOnly: true });
        list.state.moveTo(4);
        expect(list.paint({ columns: 80, rows: 4 }).map((line) => plainLine(line).slice(0, 40))).toEqual([
            ' only what failed or warned, only with "',
            "        run what        when          ti",
            "   ◼     12 build full… 2 days ago    12",
            "▌  ✗     11 build       5 min ago     6:",
        ]);
    });

    it("has what the selected run came to beside it", () => {
        const list = makeRuns({ columns: 120, rows: 14 });
        list.state.select("14");
        const lines = list.paint({ columns: 120, rows: 14 });
        expect(lines.map((line) => plainLine(line).slice(68))).toEqual([
            "│  Run 14: build                                    ",
            "│  ✗ FAIL after 12 s                                ",
            "│  2025-03-01 12:01:00 UTC, 5 min ago               ",
            "│  by ada@shop pid 7                                ",
            "│  2 data tests failed                              ",
            "│                                                   ",
            "│    model or data test        time rows +/~/-      ",
            "│  ✗ dim_product              0.2 s a test failed   ",
            "│  ✓ fct_orders               0.2 s +1,234 ~4 -0    ",
            "│  ✗ dim_product.not_null.product_… 17 failing      ",
            "│                                                   ",
            "│  12 models unchanged, 34 data tests passed        ",
            "│                                                   ",
            "│                                                   ",
        ]);
        expect(lines.map(styledWidth)).toEqual(Array.from({ length: 14 }, () => 120));
    });
});

it("shows a run alone, with the cursor in it, and opens what it is on", () => {
    const opened: RunItem[] = [];
    const list = makeRuns({ columns: 60, rows: 14 }, (item) => {
        opened.push(item);
    });
    list.state.select("14");
    list.state.focus.set("main");
    list.paint({ columns: 60, rows: 14 });
    list.state.move("move.end");
    expect(list.paint({ columns: 60, rows: 14 }).map((line) => plainLine(line).trimEnd())).toEqual([
        " Run 14: build",
        " ✗ FAIL after 12 s",
        " 2025-03-01 12:01:00 UTC, 5 min ago",
        " by ada@shop pid 7",
        " 2 data tests failed",
        "",
        "   model or data test                  time rows +/~/-",
        " ✗ dim_product                        0.2 s a test failed",
        " ✓ fct_orders                         0.2 s +1,234 ~4 -0",
        "▌✗ dim_product.not_null.product_key         17 failing",
        "",
        " 12 models unchanged, 34 data tests passed",
        "",
        "",
    ]);
    list.handlers.open?.run();
    expect(opened.map(({ kind }) => kind)).toEqual(["test"]);
});

it("has a title and says why there is nothing", () => {
    expect(plainLine(formatHistoryTitle(100_000, allRuns, 40, theme)).trimEnd()).toBe("History   100,000 runs");
    expect(plainLine(formatHistoryTitle(5, { ...allRuns, modelName: "dim_date" }, 40, theme)).trimEnd()).toBe(
        "History of dim_date",
    );
    const nothing = (isRead: boolean, error: Error | null, isFiltered = false): readonly string[] =>
        paintNoHistory({ isRead, error, isFiltered, theme }, { columns: 60, rows: 10 });
    expect(nothing(false, null)).toEqual(["", "  Reading the history …"]);
    expect(nothing(true, null)).toEqual([
        "",
        "  Nothing was built yet.",
        "",
        "  3 goes to the Build screen, where b plans a build.",
    ]);
    expect(nothing(true, new Error("gone"))).toEqual(["", "  ✗ gone", "", "  r reads it again."]);
    // The line above says what is left out.
    expect(nothing(true, null, true)).toEqual([]);
});
