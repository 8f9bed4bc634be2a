import { describe, expect, it } from "vitest";
import type { PastTestResult } from "../../../../src/runs/test-history.js";
import { describeTest } from "../../../../src/tui/screens/tests/describe-test.js";
import { chooseFailingRows } from "../../../../src/tui/screens/tests/failing-rows.js";
import { makeTheme } from "../../../../src/tui/kit/theme.js";
import { plainLine } from "../../plain-line.js";
import { sampleNowMs, sampleTests } from "../../sample-catalogue.js";

function makeResult(changes: Partial<PastTestResult>): PastTestResult {
    return {
        runId: "1",
        command: "build",
        testName: "fct_orders.unique.order_id",
        modelName: "fct_orders",
        severity: "error",
        status: "passed",
        failingCount: 0,
        keptCount: 0,
        keptColumns: [],
        isRolledBack: false,
        durationMs: 12,
        atMs: sampleNowMs - 3 * 3_600_000,
        message: null,
        ...changes,
    };
}

const rolledBack = makeResult({
    runId: "9",
    status: "failed",
    failingCount: 1702,
    keptCount: 50,
    keptColumns: [
        { name: "order_id", type: "integer" },
        { name: 'a "b"', type: "numeric(12,2)" },
    ],
    isRolledBack: true,
    atMs: sampleNowMs - 60_000,
});
const history = [
    rolledBack,
    makeResult({ runId: "8", status: "broken", message: "division by zero" }),
    makeResult({ runId: "7", status: "warned", failingCount: 3, keptCount: 3 }),
    makeResult({}),
];
const item = { key: sampleTests.amount.name, test: sampleTests.amount, last: null, isHeld: false };
const options = { width: 74, theme: makeTheme("mono", false), nowMs: sampleNowMs };

describe("the history of a data test", () => {
    it("has a course of the failing rows and each result, with the rows that were kept behind it", () => {
        const lines = describeTest(item, "history", { value: history, error: null, isLoading: false }, options);
        expect(lines.map(({ text, target }) => [plainLine(text).trimEnd(), target?.screen])).toEqual([
            ["", undefined],
            ["▁▁ █  0 to 1,702 failing in 3 runs", undefined],
            ["#9    ✗ FAIL    1,702 rows  12 ms 1 min ago   never published, 50 kept", "data"],
            ["#8    ✗ broke               12 ms 3 h ago     division by zero", undefined],
            ["#7    ! warn        3 rows  12 ms 3 h ago     3 kept", "data"],
            ["#1    ✓ ok                  12 ms 3 h ago", undefined],
        ]);
    });

    it("takes two lines for a result where one is too short", () => {
        const loaded = { value: [rolledBack], error: null, isLoading: false };
        const lines = describeTest(item, "history", loaded, { ...options, width: 50 });
        expect(lines.map(({ text, target }) => [plainLine(text).trimEnd(), target?.screen])).toEqual([
            ["", undefined],
            ["#9    ✗ FAIL    1,702 rows  12 ms 1 min ago", "data"],
            ["      never published, 50 kept", undefined],
        ]);
    });

    it("says why there is none", () => {
        const say = (changes: Partial<typeof item>, value: readonly PastTestResult[] | null): string | undefined => {
            const loaded = { value, error: null, isLoading: value === null };
            return describeTest({ ...item, ...changes }, "history", loaded, options)
                .map(({ text }) => plainLine(text))
                .at(-1);
        };
        expect(say({}, null)).toBe("reading its history …");
        expect(say({}, [])).toBe("It has never run: t runs the data tests of its model.");
        expect(say({ isHeld: true }, [])).toBe("A constraint of the table guarantees it, so no run tests it.");
    });
});

describe("the failing rows", () => {
    it("are those that fail now, and first those that a run kept when they were never published", () => {
        const now = {
            kind: "query",
            sql: sampleTests.amount.failingRowsSql,
            title: "rows that fail fct_orders.amount_is_positive",
            trace: { relationName: "fct_orders", column: null },
        };
        expect(chooseFailingRows(sampleTests.amount, null)).toEqual([now]);
        expect(chooseFailingRows(sampleTests.amount, makeResult({ status: "failed", keptCount: 2 }))).toEqual([now]);
        expect(chooseFailingRows(sampleTests.amount, rolledBack)).toEqual([
            {
                kind: "query",
                sql: [
                    "select failing.*",
                    "from ops.test_run",
                    "cross join lateral jsonb_array_elements(failing_rows) with ordinality as kept (kept_row, place)",
                    `cross join lateral jsonb_to_record(kept_row) as failing ("order_id" integer, "a ""b""" numeric(12,2))`,
                    "where run_id = '9' and test_name = 'fct_orders.amount_is_positive'",
                    "order by place",
                ].join("\n"),
                title: "50 of 1,702 rows kept by run 9, never published",
                trace: { relationName: "fct_orders", column: null },
            },
            now,
        ]);
    });
});
