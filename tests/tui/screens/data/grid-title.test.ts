import { describe, expect, it } from "vitest";
import { typeIds } from "../../../../src/text/column-types.js";
import { formatGridTitle } from "../../../../src/tui/screens/data/grid-title.js";
import type { ShownGrid } from "../../../../src/tui/screens/data/grid-painter.js";
import { makeTheme } from "../../../../src/tui/kit/theme.js";
import { plainLine } from "../../plain-line.js";
import { makeColumn, makeRow, makeShownGrid } from "../../sample-grid.js";

const theme = makeTheme("dark", false);
const columns = [makeColumn("week"), makeColumn("total", typeIds.numeric)];
const rows = [makeRow(["a", "1"]), makeRow(["b", "2"]), makeRow(["c", "3"])];

function titleOf(state: ShownGrid, width = 200, nowMs = 0): string {
    return plainLine(formatGridTitle(state, width, theme, nowMs));
}

function arranged(state: ShownGrid, view: Partial<ShownGrid["arrangement"]["view"]>): ShownGrid {
    return { ...state, arrangement: { ...state.arrangement, view: { ...state.arrangement.view, ...view } } };
}

describe("the title of the grid", () => {
    it("says what is shown, how many rows and where the cursor is", () => {
        const state = makeShownGrid(columns, rows, { row: 1, column: 1 });
        expect(titleOf(state)).toBe("marts.mart_sales   3 rows   row 2  column 2/2");
    });

    it("marks an estimate, and a place that is met only about", () => {
        const changes = { count: { rows: 1_234_567.4, accuracy: "estimate" as const } };
        const page = { hasBefore: true, hasAfter: true, firstIndex: 500_000, isExactPosition: false };
        expect(titleOf(makeShownGrid(columns, rows, changes, page))).toBe(
            "marts.mart_sales   ≈ 1,234,567 rows   row ≈ 500,001  column 1/2",
        );
    });

    it("says how the rows are sorted and which they are", () => {
        const state = arranged(makeShownGrid(columns, rows), {
            sorts: [
                { column: "week", descending: true },
                { column: "total", descending: false },
            ],
            filters: [
                { column: "week", operator: "=", value: "" },
                { column: "total", operator: "is null" },
            ],
            where: "total >\n 5",
        });
        expect(titleOf(state)).toBe(
            "marts.mart_sales   3 rows   sort: week ↓, total ↑   where: week = '' and total is null and total > 5   row 1  column 1/2",
        );
        expect(titleOf(state, 60)).toBe("marts.mart_sales   3 rows   where: week = '' and total is n…");
    });

    it("says for how long something has been running, and how to end it", () => {
        const work = { what: "sorting by total", startedAtMs: 1000, next: null };
        const state = makeShownGrid(columns, rows, { work });
        expect(titleOf(state, 70, 1200)).toBe("marts.mart_sales   3 rows   row 1  column 1/2");
        expect(titleOf(state, 70, 1500)).toBe("marts.mart_sales   ~ sorting by total   3 rows   row 1  column 1/2");
        expect(titleOf(state, 75, 13_400)).toBe(
            "marts.mart_sales   ~ sorting by total: running 12 s, x cancels   3 rows",
        );
    });

    it("tells why these rows are shown instead of the condition that picks them", () => {
        const target = {
            kind: "relation",
            schema: "marts",
            name: "mart_sales",
            where: "total < 0",
            title: "2 rows fail",
        } as const;
        const state = arranged(makeShownGrid(columns, rows, { target }), { where: "total < 0" });
        expect(titleOf(state)).toBe("marts.mart_sales   2 rows fail   3 rows   row 1  column 1/2");
    });
});
