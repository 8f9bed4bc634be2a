import { describe, expect, it } from "vitest";
import { cutToWidth, makeLinesVisible, makeVisible, widthOf } from "../../src/text/visible-text.js";

describe("makeVisible", () => {
    it.each([
        ["\u001b]0;title\u0007", "␛]0;title␇"],
        ["a\nb\r\nc\rd", "a↵b↵c␍d"],
        ["\u007f\u0085", "␡\\u{85}"],
        ["\u200e\u200f\u2066x\u2069", "\\u{200e}\\u{200f}\\u{2066}x\\u{2069}"],
        ["zero\u200bwidth\ufeff", "zero\\u{200b}width\\u{feff}"],
        ["tag\u{e0041}", "tag\\u{e0041}"],
        ["Hangul \u115f\u3164\uffa0", "Hangul \\u{115f}\\u{3164}\\u{ffa0}"],
        ["joined\u034f, noted\ufff9", "joined\\u{34f}, noted\\u{fff9}"],
        ["half \ud800 pair", "half \\u{d800} pair"],
        ["plain, schön, 日本, 👩‍👩‍👧", "plain, schön, 日本, 👩‍👩‍👧"],
    ])("shows %j as %j", (text, shown) => {
        expect(makeVisible(text)).toBe(shown);
    });

    it("keeps the lines of a text", () => {
        expect(makeLinesVisible("one\n\ttwo\u001b[0m\r\nthree")).toBe("one\n    two␛[0m\nthree");
    });
});

describe("cutToWidth", () => {
    it.each([
        ["abc", 3, "abc"],
        ["abcd", 3, "ab…"],
        ["日本語", 6, "日本語"],
        ["日本語", 5, "日本…"],
        ["日本語", 4, "日…"],
        ["e\u0301e\u0301e\u0301", 2, "e\u0301…"],
        ["abc", 1, "…"],
        ["abc", 0, ""],
    ])("cuts %j to %i cells", (text, width, cut) => {
        expect(cutToWidth(text, width)).toBe(cut);
        expect(widthOf(cutToWidth(text, width))).toBeLessThanOrEqual(width);
    });

    it("does not measure what can never fit", () => {
        expect(cutToWidth("x".repeat(50_000_000), 10)).toBe("xxxxxxxxx…");
    });
});
