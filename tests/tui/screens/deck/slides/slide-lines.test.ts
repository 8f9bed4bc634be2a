import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSlides } from "../../../../../src/deck/parse-deck.js";
import type { BlockState } from "../../../../../src/tui/screens/deck/slides/block-lines.js";
import { paintSlide, type PaintedSlide } from "../../../../../src/tui/screens/deck/slides/slide-lines.js";
import { styledWidth } from "../../../../../src/tui/terminal/styled-line.js";
import { makeTheme } from "../../../../../src/tui/kit/theme.js";
import { plainLine } from "../../../plain-line.js";

const rows: BlockState = {
    kind: "loaded",
    content: {
        kind: "rows",
        rows: {
            columns: [
                { name: "week", typeId: 25 },
                { name: "orders", typeId: 23 },
            ],
            rows: [
                ["first", "12"],
                ["second", null],
                ["third\u001b[2J", "31234"],
            ],
            rowCount: 10_000,
            isCountExact: true,
            about: "",
            sql: "select 1",
            notes: [],
            relation: null,
            presentation: null,
        },
    },
};

function paint(
    markdown: string,
    { columns = 40, rows: height = 12, offset = 0, isAscii = false, states = [] as readonly BlockState[] } = {},
): PaintedSlide {
    const [slide] = parseSlides("a.md", markdown);
    if (slide === undefined) {
        throw new Error("There is no slide.");
    }
    const stateOf = (index: number): BlockState => states[index] ?? { kind: "loading" };
    const theme = makeTheme("mono", isAscii);
    return paintSlide({ slide, stateOf, focus: 0, offset, replay: null, theme }, { columns, rows: height });
}

function linesOf(painted: PaintedSlide): readonly string[] {
    return painted.lines.map((line) => plainLine(line).trimEnd());
}

describe("paintSlide", () => {
    it("wraps text between words, inside margins", () => {
        const markdown =
            "## Title\n\nSome **strong** words that wrap at the margin.\n\n- one\n- two and more of it, on two lines\n";
        expect(linesOf(paint(markdown))).toEqual([
            "",
            "  Title",
            "  Some strong words that wrap at the",
            "  margin.",
            "  • one",
            "  • two and more of it, on two lines",
            "",
            "",
            "",
            "",
            "",
            "",
        ]);
    });

    it("draws a heading in large letters where there is room, and not where there are no such letters", () => {
        expect(linesOf(paint("# Ab", { rows: 9 }))).toEqual([
            "",
            "",
            "  ▄▀▄ █▀▄",
            "  █▀█ █▀▄",
            "  ▀ ▀ ▀▀",
            "",
            "",
            "",
            "",
        ]);
        expect(linesOf(paint("# Äb", { rows: 3 }))).toEqual(["  Äb", "", ""]);
        expect(linesOf(paint("# Ab", { rows: 3, isAscii: true }))).toEqual(["  Ab", "", ""]);
    });

    it("shows of a table what fits, and how many rows there are", () => {
        expect(linesOf(paint("## Rows\n\n```table\nselect 1\n```", { rows: 8, states: [rows] }))).toEqual([
            "  Rows",
            "  week       orders",
            "  ─────────  ──────",
            "  first          12",
            "  second          ∅",
            "  third␛[2J  31,234",
            "  3 of 10,000 rows",
            "",
        ]);
    });

    it("says of a block what is wrong with it, and of a slide how much is below", () => {
        const failed: BlockState = { kind: "failed", error: new Error("No such thing.") };
        const markdown = "a\n\n```sources\n```\n\nb\n\nc\n\n```chart\ntype: pie\n```\n";
        const painted = paint(markdown, { rows: 6, states: [failed] });
        expect(linesOf(painted)).toEqual([
            "  a",
            "  ✗ No such thing.",
            "    The sources of a.md, line 3.",
            "  b",
            "  c",
            "  ↓ 4 lines more",
        ]);
        expect(linesOf(paint(markdown, { rows: 6, states: [failed], offset: 99 })).at(-1)).toContain("histogram.");
        expect(painted.maxOffset).toBe(3);
    });

    it("fills any terminal exactly, whatever is on the slide", () => {
        const markdown = [
            "# A `b` [c](http://d.example/e) wide 漢字 and a-very-long-word-that-does-not-fit-anywhere-at-all",
            "",
            "| a | b |\n|---|---|\n| a long cell of a table | another one |",
            "",
            "```table\nselect 1\n```",
            "",
            "```chart\nvalue: orders\nselect 1\n```",
            "",
            "> quote\n> - in it\n",
            "```text\ncode\twith a tab\n```",
        ].join("\n");
        fc.assert(
            fc.property(
                fc.integer({ min: 20, max: 220 }),
                fc.integer({ min: 4, max: 70 }),
                fc.boolean(),
                fc.constantFrom<readonly BlockState[]>([], [rows, rows]),
                (columns, height, isAscii, states) => {
                    const { lines } = paint(markdown, { columns, rows: height, isAscii, states });
                    expect(lines.length).toBe(height);
                    expect(Math.max(...lines.map(styledWidth))).toBeLessThanOrEqual(columns);
                },
            ),
            { numRuns: 60 },
        );
    });
});
