import { describe, expect, it } from "vitest";
import {
    growAfter,
    growBefore,
    indexOfRow,
    isWhole,
    lastRowOf,
    makeWindow,
    missingSide,
    rowAt,
    trimWindow,
} from "../../../../src/tui/screens/data/row-window.js";
import { makeColumn, makePage, makeRow } from "../../sample-grid.js";

const columns = [makeColumn("name")];
const page = (names: string, changes: Parameters<typeof makePage>[2] = {}): ReturnType<typeof makePage> =>
    makePage(
        columns,
        Array.from(names).map((name) => makeRow([name])),
        changes,
    );
const namesOf = ({ rows }: ReturnType<typeof makeWindow>): string => rows.map(({ cells }) => cells[0]).join("");

describe("the window of rows", () => {
    it("keeps the numbers of its rows when rows are added in front", () => {
        const window = makeWindow(page("def", { hasBefore: true, firstIndex: 3 }));
        const grown = growBefore(window, page("bc", { hasBefore: true, firstIndex: null }));
        expect(namesOf(grown)).toBe("bcdef");
        expect(rowAt(grown, 0)?.cells).toEqual(["d"]);
        expect(rowAt(grown, -2)?.cells).toEqual(["b"]);
        expect(indexOfRow(grown, -2)).toBe(1);
    });

    it("knows exactly where it is once it has reached the first row", () => {
        const window = makeWindow(page("def", { hasBefore: true, firstIndex: null, isExactPosition: false }));
        expect(indexOfRow(window, 0)).toBe(null);
        const grown = growBefore(window, page("abc"));
        expect(indexOfRow(grown, 0)).toBe(3);
        expect(grown.isExactPosition).toBe(true);
        expect(isWhole(grown)).toBe(true);
    });

    it("takes what follows, and then knows whether there is more", () => {
        const window = makeWindow(page("ab", { hasAfter: true }));
        expect(isWhole(window)).toBe(false);
        const grown = growAfter(window, page("cd", { hasBefore: true }));
        expect(namesOf(grown)).toBe("abcd");
        expect(lastRowOf(grown)).toBe(3);
        expect(isWhole(grown)).toBe(true);
    });

    it("lets go of the rows farthest from the cursor", () => {
        const window = makeWindow(page("abcdefghij"));
        const middle = trimWindow(window, 5, 4);
        expect([namesOf(middle), middle.start, middle.hasBefore, middle.hasAfter, middle.firstIndex]).toEqual([
            "defg",
            3,
            true,
            true,
            3,
        ]);
        expect(namesOf(trimWindow(window, 0, 4))).toBe("abcd");
        expect(namesOf(trimWindow(window, 9, 4))).toBe("ghij");
        expect(trimWindow(window, 9, 10)).toBe(window);
    });

    it("says which side to fetch: first what follows, and nothing where there is no more", () => {
        const window = makeWindow(page("abcdefghij", { hasBefore: true, hasAfter: true }));
        expect(missingSide(window, 5, 4)).toBe(null);
        expect(missingSide(window, 6, 4)).toBe("after");
        expect(missingSide(window, 3, 4)).toBe("before");
        expect(missingSide(makeWindow(page("ab")), 0, 10)).toBe(null);
    });
});
