import { describe, expect, it } from "vitest";
import { placeTop } from "../../../../src/tui/screens/data/place-rows.js";

const known = { start: 0, count: 100, hasBefore: false, hasAfter: false };

describe("the first row in view", () => {
    it("moves no further than the cursor needs", () => {
        expect(placeTop(known, 5, 0, 10)).toBe(0);
        expect(placeTop(known, 10, 0, 10)).toBe(1);
        expect(placeTop(known, 3, 8, 10)).toBe(3);
        expect(placeTop(known, 99, 0, 10)).toBe(90);
    });

    it("never leaves lines empty while there are rows", () => {
        expect(placeTop(known, 99, 99, 10)).toBe(90);
        expect(placeTop({ ...known, count: 4 }, 2, 2, 10)).toBe(0);
    });

    it("shows the line of what is not read beyond the last and before the first known row", () => {
        expect(placeTop({ ...known, hasAfter: true }, 99, 0, 10)).toBe(91);
        expect(placeTop({ ...known, hasAfter: true }, 98, 0, 10)).toBe(89);
        expect(placeTop({ ...known, hasBefore: true }, 0, 50, 10)).toBe(-1);
        expect(placeTop({ ...known, hasBefore: true }, 1, 50, 10)).toBe(1);
    });
});
