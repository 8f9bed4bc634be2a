import { describe, expect, it } from "vitest";
import { typeIds } from "../../../../src/text/column-types.js";
import {
    countOf,
    currentCell,
    moveColumn,
    moveRow,
    putWindow,
    type GridState,
} from "../../../../src/tui/screens/data/grid-state.js";
import { growAfter, makeWindow } from "../../../../src/tui/screens/data/row-window.js";
import { makeColumn, makePage, makeRow, makeShownGrid } from "../../sample-grid.js";

const columns = [makeColumn("id", typeIds.integer), makeColumn("name")];
const rowsFrom = (first: number, count: number): ReturnType<typeof makeRow>[] =>
    Array.from({ length: count }, (_, index) => makeRow([String(first + index), `name ${first + index}`]));

function place({ row, goal }: GridState): readonly [number, number | null] {
    return [row, goal];
}

describe("the cursor of the grid", () => {
    it("stays within the rows there are", () => {
        const state = makeShownGrid(columns, rowsFrom(0, 5));
        expect(place(moveRow(state, -1, 10))).toEqual([0, null]);
        expect(place(moveRow(state, 3, 10))).toEqual([3, null]);
        expect(place(moveRow(state, Infinity, 10))).toEqual([4, null]);
    });

    it("waits on the last known row and goes on when more rows arrive", () => {
        const state = makeShownGrid(columns, rowsFrom(0, 5), {}, { hasAfter: true });
        const waiting = moveRow(state, 8, 10);
        expect(place(waiting)).toEqual([4, 8]);
        const farther = moveRow(waiting, 8, 10);
        expect(place(farther)).toEqual([4, 16]);
        const grown = growAfter(state.window, makePage(columns, rowsFrom(5, 5), { hasBefore: true, hasAfter: true }));
        const moved = putWindow(farther, grown);
        expect(place(moved)).toEqual([9, 16]);
        const last = growAfter(grown, makePage(columns, rowsFrom(10, 2), { hasBefore: true }));
        expect(place(putWindow(moved, last))).toEqual([11, null]);
    });

    it("turns back at once, and never runs more than three pages ahead", () => {
        const state = makeShownGrid(columns, rowsFrom(0, 5), {}, { hasAfter: true });
        const waiting = moveRow(state, 100, 10);
        expect(place(waiting)).toEqual([4, 34]);
        expect(place(moveRow(waiting, -1, 10))).toEqual([3, null]);
    });

    it("stays within the shown columns", () => {
        const state = makeShownGrid(columns, rowsFrom(0, 1));
        expect(moveColumn(state, -1).column).toBe(0);
        expect(moveColumn(state, 7).column).toBe(1);
    });

    it("gives the value under it by the column's name, whatever is hidden", () => {
        const state = makeShownGrid(columns, [makeRow(["7", "Ada"], { 1: 4096 })]);
        const view = { ...state.arrangement.view, columns: ["name"] };
        expect(currentCell({ ...state, arrangement: { ...state.arrangement, view } })).toEqual({
            value: "Ada",
            isClipped: true,
        });
    });
});

describe("the number of rows", () => {
    it("is exact when the last row is here, whatever was estimated", () => {
        const state = makeShownGrid(columns, rowsFrom(0, 5), { count: { rows: 900, accuracy: "estimate" } });
        expect(countOf(state)).toEqual({ rows: 5, accuracy: "exact" });
        const part = makeWindow(makePage(columns, rowsFrom(0, 5), { hasAfter: true }));
        expect(countOf({ ...state, window: part })).toEqual({ rows: 900, accuracy: "estimate" });
    });
});
