import { describe, expect, it } from "vitest";
import {
    detailStart,
    findInDetail,
    moveDetail,
    placeDetail,
} from "../../../../src/tui/kit/list-detail/detail-place.js";
import type { DetailLine } from "../../../../src/tui/kit/lines/detail-lines.js";

const text = Array.from({ length: 10 }, (_, index): DetailLine => ({ text: `line ${index}` }));
const openable = (...places: readonly number[]): readonly DetailLine[] =>
    text.map((line, index) => (places.includes(index) ? { ...line, target: { screen: "home" } } : line));

describe("a pane of text", () => {
    it("scrolls, and no further than its last line", () => {
        expect(moveDetail(detailStart, 1, text, 4)).toEqual({ top: 1, line: null });
        expect(moveDetail(detailStart, Infinity, text, 4)).toEqual({ top: 6, line: null });
        expect(moveDetail({ top: 6, line: null }, -3, text, 4)).toEqual({ top: 3, line: null });
        expect(placeDetail({ top: 6, line: null }, text.slice(0, 2), 4)).toEqual({ top: 0, line: null });
    });
});

describe("a pane with lines that can be opened", () => {
    it("begins on the first of them, with what stands above it", () => {
        expect(placeDetail(detailStart, openable(2, 5, 7), 4)).toEqual({ top: 0, line: 2 });
    });

    it("goes from one to the next and shows what stands behind the last", () => {
        const lines = openable(2, 5, 7);
        const second = moveDetail(detailStart, 1, lines, 4);
        expect(second).toEqual({ top: 2, line: 5 });
        expect(moveDetail(second, 1, lines, 4)).toEqual({ top: 6, line: 7 });
        expect(moveDetail({ top: 6, line: 7 }, 1, lines, 4)).toEqual({ top: 6, line: 7 });
        expect(moveDetail({ top: 6, line: 7 }, -Infinity, lines, 4)).toEqual({ top: 0, line: 2 });
    });

    it("goes by pages to the nearest one", () => {
        expect(moveDetail({ top: 0, line: 0 }, 3, openable(0, 5, 7), 4)).toEqual({ top: 2, line: 5 });
        expect(moveDetail({ top: 4, line: 7 }, -3, openable(0, 5, 7), 4)).toEqual({ top: 0, line: 0 });
    });
});

describe("finding", () => {
    const lines = [...text, { text: "\u001b[32mLI\u001b[0mNE 3" }];

    it("goes on from where it found, and around", () => {
        const first = findInDetail(detailStart, "line 3", "next", lines, 4);
        expect(first).toEqual({ top: 0, line: 3 });
        const second = findInDetail(first ?? detailStart, "line 3", "next", lines, 4);
        expect(second).toEqual({ top: 7, line: 10 });
        expect(findInDetail(second ?? detailStart, "line 3", "next", lines, 4)).toEqual({ top: 2, line: 3 });
        expect(findInDetail(first ?? detailStart, "line 3", "previous", lines, 4)).toEqual({ top: 7, line: 10 });
    });

    it("finds nothing where nothing is", () => {
        expect(findInDetail(detailStart, "line 11", "next", lines, 4)).toBe(null);
    });
});
