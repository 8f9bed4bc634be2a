import { expect, it } from "vitest";
import type { DataTarget } from "../../../../src/tui/kit/screen.js";
import { formatGridNotice, type NoticeFacts } from "../../../../src/tui/screens/data/grid-notice.js";
import { makeTheme } from "../../../../src/tui/kit/theme.js";
import { plainLine } from "../../plain-line.js";
import { makeColumn, makeRow, makeShownGrid } from "../../sample-grid.js";

const columns = [makeColumn("week")];
const trace = { relationName: "mart_sales", column: null };

function noticeOf(target: DataTarget, where: string | null, facts: Partial<NoticeFacts> = {}): readonly string[] {
    const state = makeShownGrid(columns, [], { target });
    const { arrangement } = state;
    return formatGridNotice(
        { ...state, arrangement: { ...arrangement, view: { ...arrangement.view, where } } },
        {
            width: 80,
            theme: makeTheme("mono", false),
            nowMs: 0,
            isOpening: false,
            isBuilding: false,
            isNeverBuilt: false,
            canBuild: true,
            hasOthers: false,
            ...facts,
        },
    ).map((line) => plainLine(line).trim());
}

it("says nothing where there are rows", () => {
    expect(formatGridNotice(makeShownGrid(columns, [makeRow(["a"])]), {} as NoticeFacts)).toEqual([]);
});

it("says which rows there are none of on the way upstream, and what else there is", () => {
    const step = {
        kind: "relation",
        schema: "marts",
        name: "mart_sales",
        where: "id = 5",
        title: "rows with id = 5",
        trace,
    } as const;
    expect(noticeOf(step, "id = 5")).toEqual(["", "There are no rows with id = 5.", "esc goes back"]);
    expect(noticeOf(step, "id = 5", { hasOthers: true }).at(-1)).toBe("] shows what else there is   esc goes back");
    expect(noticeOf(step, "id = 6")[1]).toBe("No row fulfils the conditions.");
    const failing = { kind: "query", sql: "select 1", title: "rows that fail a.b", trace } as const;
    expect(noticeOf(failing, null)[1]).toBe("There are no rows that fail a.b.");
});

it("says that a relation is empty, or was never built, and that a query gives nothing", () => {
    const whole = {
        kind: "relation",
        schema: "marts",
        name: "mart_sales",
        title: "all rows: no column tells which",
        trace,
    } as const;
    expect(noticeOf(whole, null)).toEqual(["", "It has no rows."]);
    expect(noticeOf(whole, null, { isNeverBuilt: true })[1]).toBe("It has no rows: it was never built.");
});
