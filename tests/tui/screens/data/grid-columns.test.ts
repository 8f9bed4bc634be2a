import { describe, expect, it } from "vitest";
import { placeColumns } from "../../../../src/tui/screens/data/grid-columns.js";

const widths = [10, 10, 10, 10, 10, 10];
const wish = {
    count: widths.length,
    widthOf: (index: number) => widths[index] ?? 0,
    frozen: 0,
    left: 0,
    current: 0,
    width: 36,
};

function shown(changes: Partial<typeof wish>): readonly string[] {
    return placeColumns({ ...wish, ...changes }).placed.map(({ index, x, width }) => `${index}@${x}+${width}`);
}

describe("columns side by side", () => {
    it("stand from the mark on with two blanks between them, the last one cut", () => {
        expect(shown({})).toEqual(["0@1+10", "1@13+10", "2@25+10"]);
        expect(shown({ width: 42 })).toEqual(["0@1+10", "1@13+10", "2@25+10", "3@37+5"]);
        // Of three cells of a column nothing could be read.
        expect(shown({ width: 40 })).toEqual(["0@1+10", "1@13+10", "2@25+10"]);
    });

    it("scroll no further than needed for the current one", () => {
        expect(shown({ current: 2 })[0]).toBe("0@1+10");
        expect(shown({ current: 3 })).toEqual(["1@1+10", "2@13+10", "3@25+10"]);
        expect(shown({ current: 2, left: 3 })[0]).toBe("2@1+10");
        expect(shown({ current: 5, left: 3 })[0]).toBe("3@1+10");
    });

    it("leave no empty space at the right while others are out of sight", () => {
        expect(placeColumns({ ...wish, left: 5, current: 5 }).left).toBe(3);
    });

    it("keep the frozen ones in view, with a line between", () => {
        expect(shown({ frozen: 1, current: 4 })).toEqual(["0@1+10", "3@14+10", "4@26+10"]);
        expect(shown({ frozen: 1, current: 0, left: 4 })).toEqual(["0@1+10", "4@14+10", "5@26+10"]);
    });

    it("freeze no more than leaves room for others", () => {
        expect(placeColumns({ ...wish, frozen: 5, current: 5 }).frozen).toBe(1);
    });

    it("cut a column that is wider than everything", () => {
        const wide = placeColumns({ ...wish, count: 1, widthOf: () => 500 });
        expect(wide.placed).toEqual([{ index: 0, x: 1, width: 35 }]);
    });

    it("measure only what is near when there are thousands", () => {
        let measured = 0;
        const widthOf = (): number => {
            measured++;
            return 10;
        };
        placeColumns({ ...wish, count: 1600, widthOf, current: 800, left: 790 });
        expect(measured).toBeLessThan(40);
    });
});
