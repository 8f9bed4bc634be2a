import { describe, expect, it } from "vitest";
import { makeGridView } from "../../../../src/browse/grid-view.js";
import {
    addFilter,
    adoptRelation,
    chooseColumns,
    cycleAddedSort,
    cycleSort,
    hasSameRows,
    hideColumn,
    setWidth,
    toggleFrozen,
    type Arrangement,
} from "../../../../src/tui/screens/data/arrangement.js";
import { parseSavedData, restoreArrangement, saveArrangement } from "../../../../src/tui/screens/data/saved-data.js";
import { makeColumn, makeRelation } from "../../sample-grid.js";

const relation = makeRelation([makeColumn("a"), makeColumn("b"), makeColumn("c")]);
const plain: Arrangement = { view: makeGridView(relation), frozen: 0, widths: {} };

function repeat(change: (before: Arrangement) => Arrangement, count: number): Arrangement {
    let result = plain;
    for (let time = 0; time < count; time++) {
        result = change(result);
    }
    return result;
}

describe("sorting", () => {
    it("goes from ascending over descending to none", () => {
        const sortsAfter = (count: number): unknown => repeat((each) => cycleSort(each, "a"), count).view.sorts;
        expect(sortsAfter(1)).toEqual([{ column: "a", descending: false }]);
        expect(sortsAfter(2)).toEqual([{ column: "a", descending: true }]);
        expect(sortsAfter(3)).toEqual([]);
    });

    it("by another column takes the place of all sorts, and adding one keeps them", () => {
        const byA = cycleSort(plain, "a");
        expect(cycleSort(byA, "b").view.sorts).toEqual([{ column: "b", descending: false }]);
        const both = cycleAddedSort(byA, "b");
        expect(both.view.sorts.map(({ column }) => column)).toEqual(["a", "b"]);
        expect(cycleAddedSort(both, "a").view.sorts).toEqual([
            { column: "a", descending: true },
            { column: "b", descending: false },
        ]);
    });
});

describe("columns", () => {
    it("that are hidden leave the frozen ones frozen", () => {
        const frozen = toggleFrozen(plain, 1);
        expect(frozen.frozen).toBe(2);
        expect(hideColumn(frozen, 0)).toMatchObject({ frozen: 1, view: { columns: ["b", "c"] } });
        expect(hideColumn(frozen, 2)).toMatchObject({ frozen: 2, view: { columns: ["a", "b"] } });
        expect(toggleFrozen(frozen, 1).frozen).toBe(0);
    });

    it("are chosen in the relation's order", () => {
        expect(chooseColumns(plain, new Set(["c", "a"])).view.columns).toEqual(["a", "c"]);
    });

    it("keep a width of at least three cells", () => {
        expect(setWidth(plain, "a", -4).widths).toEqual({ a: 3 });
    });
});

describe("rows", () => {
    it("are the same whatever columns are shown, and others with a filter", () => {
        expect(hasSameRows(plain.view, hideColumn(plain, 0).view)).toBe(true);
        const filtered = addFilter(plain, { column: "a", operator: "=", value: "1" });
        expect(hasSameRows(plain.view, filtered.view)).toBe(false);
        expect(addFilter(filtered, { column: "a", operator: "=", value: "1" })).toBe(filtered);
    });
});

describe("a relation that has changed", () => {
    it("keeps what is still there and shows its new columns", () => {
        const before = cycleSort(cycleAddedSort(hideColumn(plain, 1), "b"), "a");
        const now = makeRelation([makeColumn("a"), makeColumn("b"), makeColumn("d")]);
        const adopted = adoptRelation(before, now);
        expect(adopted.view).toEqual({
            relation: now,
            sorts: [{ column: "a", descending: false }],
            filters: [],
            where: null,
            columns: ["a", "d"],
        });
    });
});

describe("what is kept for the next start", () => {
    it("comes back as it was", () => {
        const before = setWidth(
            toggleFrozen(addFilter(cycleSort(hideColumn(plain, 1), "c"), { column: "a", operator: "is null" }), 0),
            "a",
            20,
        );
        const text = JSON.stringify({
            target: { kind: "query", sql: "select 1" },
            arrangement: saveArrangement(before),
        });
        const saved = parseSavedData(JSON.parse(text));
        expect(saved.target).toEqual({ kind: "query", sql: "select 1" });
        expect(saved.arrangement).not.toBe(null);
        expect(saved.arrangement === null ? null : restoreArrangement(saved.arrangement, relation)).toEqual(before);
    });

    it("is left out when it is not as it was written", () => {
        const nothing = { target: null, arrangement: null };
        expect(parseSavedData(null)).toEqual(nothing);
        expect(parseSavedData({ target: { kind: "relation", schema: 1 }, arrangement: 7 })).toEqual(nothing);
    });
});
