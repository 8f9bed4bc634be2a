import { describe, expect, it } from "vitest";
import { allRuns } from "../../../../src/runs/run-pages.js";
import type { ModelRun, TestRun } from "../../../../src/runs/run.js";
import type { RunOutcome } from "../../../../src/runs/run-outcome.js";
import { formatComparison } from "../../../../src/tui/screens/history/comparison-lines.js";
import type { RunItem } from "../../../../src/tui/screens/history/history-state.js";
import {
    describeRunFilter,
    formatHistoryTitle,
    layOutHistory,
    paintHistory,
    paintNoHistory,
    type HistoryPicture,
} from "../../../../src/tui/screens/history/paint-history.js";
import { styledWidth } from "../../../../src/tui/terminal/styled-line.js";
import { makeTheme } from "../../../../src/tui/kit/theme.js";
import { plainLine } from "../../plain-line.js";
import { makePastRun } from "./sample-runs.js";

const theme = makeTheme("mono", false);
const nowMs = Date.parse("2025-03-01T12:06:00Z");
const runs = [
    makePastRun(15, { status: "running", durationMs: 4000, okModelCount: 1 }),
    makePastRun(14, { status: "failed", okModelCount: 1, failedTestCount: 2, rowsInserted: 1234, rowsUpdated: 4 }),
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
const items: readonly RunItem[] = [
    { kind: "model", model: { ...model, modelName: "dim_product", status: "failed", message: "a test failed" } },
    { kind: "model", model },
    {
        kind: "test",
        problem: {
            testName: "dim_product.not_null.product_key",
            modelName: "dim_product",
            status: "failed",
            failingCount: 17,
            message: null,
        },
    },
];

function makePicture(width: number, changes: Partial<HistoryPicture> = {}): HistoryPicture {
    return {
        window: { runs, hasNewer: false, hasOlder: false },
        cursor: 1,
        offset: 0,
        marks: ["13"],
        context: { current: null, nowMs, theme },
        filterNote: "",
        panes: layOutHistory(width, "runs", false),
        run: {
            run: makePastRun(14, { status: "failed", message: "2 data tests failed" }),
            look: ["failed", "✗", "FAIL"],
            outcome: { value: outcome, error: null, isLoading: false },
            items,
            cursor: null,
            nowMs,
            theme,
        },
        ...changes,
    };
}

describe("the list of runs", () => {
    it("shows each with its state, rows and tests; a running one that is not the newest has crashed", () => {
        const { lines } = paintHistory(makePicture(80), { columns: 80, rows: 7 });
        expect(lines.map(plainLine)).toEqual([
            "        run what        when          time state rows +/~/-         tests models",
            "   ~     15 build       5 min ago    4.0 s run   no change                   1/3",
            "▌  ✗     14 build       5 min ago     12 s FAIL  +1,234 ~4 -0         2 ✗    1/3",
            " ● !     13 test fct_o… 5 min ago    80 ms warn                       3 !      3",
            "   ◼     12 build full… 2 days ago    12 s stop  no change                     3",
            "   ✗     11 build       5 min ago     6:40 CRASH no change                     3",
        ]);
    });

    it("is scrolled to the cursor below what is left out", () => {
        const filterNote = describeRunFilter({ ...allRuns, text: "fct", isProblemsOnly: true }, false);
        const picture = makePicture(80, { cursor: 4, filterNote });
        const { lines, offset } = paintHistory(picture, { columns: 80, rows: 4 });
        expect(offset).toBe(3);
        expect(lines.map((line) => plainLine(line).slice(0, 40))).toEqual([
            " only what failed or warned, only runs w",
            "        run what        when          ti",
            "   ◼     12 build full… 2 days ago    12",
            "▌  ✗     11 build       5 min ago     6:",
        ]);
    });

    it("has what the selected run came to beside it", () => {
        const { lines } = paintHistory(makePicture(120), { columns: 120, rows: 14 });
        expect(lines.map((line) => plainLine(line).slice(68))).toEqual([
            "│ Run 14: build                                     ",
            "│ ✗ FAIL after 12 s                                 ",
            "│ 2025-03-01 12:01:00 UTC, 5 min ago                ",
            "│ by ada@shop pid 7                                 ",
            "│ 2 data tests failed                               ",
            "│                                                   ",
            "│    model or data test        time rows +/~/-      ",
            "│  ✗ dim_product              0.2 s a test failed   ",
            "│  ✓ fct_orders               0.2 s +1,234 ~4 -0    ",
            "│  ✗ dim_product.not_null.product_… 17 failing      ",
            "│                                                   ",
            "│ 12 models unchanged, 34 data tests passed         ",
            "│                                                   ",
            "│                                                   ",
        ]);
        expect(lines.map(styledWidth)).toEqual(Array.from({ length: 14 }, () => 120));
    });
});

it("shows a run alone, with the cursor in it", () => {
    const picture = makePicture(60);
    const { lines } = paintHistory(
        { ...picture, panes: layOutHistory(60, "run", false), run: { ...picture.run, cursor: 2 } },
        { columns: 60, rows: 14 },
    );
    expect(lines.map((line) => plainLine(line).trimEnd())).toEqual([
        " Run 14: build",
        " ✗ FAIL after 12 s",
        " 2025-03-01 12:01:00 UTC, 5 min ago",
        " by ada@shop pid 7",
        " 2 data tests failed",
        "",
        "    model or data test                 time rows +/~/-",
        "  ✗ dim_product                       0.2 s a test failed",
        "  ✓ fct_orders                        0.2 s +1,234 ~4 -0",
        " ▌✗ dim_product.not_null.product_key        17 failing",
        "",
        " 12 models unchanged, 34 data tests passed",
    ]);
});

it("compares two runs, the most different first", () => {
    const rows = { inserted: 1, updated: 0, deleted: 0, unchanged: 0 };
    const ok: ModelRun = { ...model, scope: { kind: "all", reason: "" }, durationMs: 100, rows };
    const test: TestRun = {
        testName: "same.not_null.id",
        modelName: "same",
        severity: "error",
        status: "passed",
        failingCount: 0,
        durationMs: 1,
        message: null,
    };
    const lines = formatComparison(
        {
            models: [
                { name: "same", left: ok, right: ok },
                { name: "slower", left: ok, right: { ...ok, durationMs: 4100 } },
                { name: "other_rows", left: ok, right: { ...ok, rows: { ...rows, updated: 7 } } },
                { name: "broke", left: ok, right: { ...ok, status: "failed", rows: null } },
                { name: "added", left: null, right: { ...ok, scope: { kind: "view", reason: "" }, rows: null } },
            ],
            tests: [
                {
                    name: "same.not_null.id",
                    left: test,
                    right: { ...test, status: "failed", failingCount: 1 },
                },
                { name: "same.unique.id", left: { ...test, status: "warned", failingCount: 1200 }, right: null },
            ],
        },
        {
            left: makePastRun(12),
            right: makePastRun(14, {
                status: "failed",
                durationMs: 15_000,
                okModelCount: 4,
                modelCount: 5,
                failedTestCount: 1,
            }),
            width: 90,
            theme,
        },
    );
    expect(lines.map((line) => plainLine(line).trimEnd())).toEqual([
        "               run 12                           run 14                              change",
        "what           build                            build",
        "started        2025-03-01 12:01:00 UTC          2025-03-01 12:01:00 UTC",
        "by             ada@shop pid 7                   ada@shop pid 7",
        "state          ✓ ok                             ✗ FAIL",
        "time           12 s                             15 s                                  +25%",
        "models ok      3 of 3                           4 of 5",
        "rows +/~/-     +0 ~0 -0                         +0 ~0 -0",
        "data tests     all passed                       1 failed",
        "",
        "model                        run 12    run 14       time rows of 12       rows of 14",
        "broke                        ✓ 0.1 s   ✗ 0.1 s        0% +1 ~0 -0",
        "added                        not in it ✓",
        "other_rows                   ✓ 0.1 s   ✓ 0.1 s        0% +1 ~0 -0         +1 ~7 -0",
        "slower                       ✓ 0.1 s   ✓ 4.1 s       x41 +1 ~0 -0         +1 ~0 -0",
        "same                         ✓ 0.1 s   ✓ 0.1 s        0% +1 ~0 -0         +1 ~0 -0",
        "",
        "2 data tests                                             run 12           run 14",
        "same.not_null.id                                         ✓ passed         ✗ 1 row",
        "same.unique.id                                           ! 1,200 rows     not asked",
    ]);
});

it("has a title and says why there is nothing", () => {
    expect(plainLine(formatHistoryTitle(100_000, allRuns, 40, theme)).trimEnd()).toBe("History   100,000 runs");
    expect(plainLine(formatHistoryTitle(5, { ...allRuns, modelName: "dim_date" }, 40, theme)).trimEnd()).toBe(
        "History of dim_date",
    );
    const nothing = (isRead: boolean, error: Error | null, filterNote = ""): readonly string[] =>
        paintNoHistory({ isRead, error, filterNote, theme }, { columns: 60, rows: 10 });
    expect(nothing(false, null)).toEqual(["", "  Reading the history …"]);
    expect(nothing(true, null)).toEqual([
        "",
        "  Nothing was built yet.",
        "",
        "  3 goes to the Build screen, where b plans a build.",
    ]);
    expect(nothing(true, new Error("gone"))).toEqual(["", "  ✗ gone", "", "  r reads it again."]);
    expect(nothing(true, null, describeRunFilter({ ...allRuns, modelName: "x" }, true))).toEqual([
        "",
        "  only runs of x: none   esc shows all",
    ]);
});
