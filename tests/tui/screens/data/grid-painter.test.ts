import { describe, expect, it } from "vitest";
import { typeIds } from "../../../../src/text/column-types.js";
import { makeGridPainter, type GridPainterOptions } from "../../../../src/tui/screens/data/grid-painter.js";
import type { ShownGrid } from "../../../../src/tui/screens/data/grid-painter.js";
import { styledWidth } from "../../../../src/tui/terminal/styled-line.js";
import { makeTheme } from "../../../../src/tui/kit/theme.js";
import { markedLine, plainLine } from "../../plain-line.js";
import { makeColumn, makeRow, makeShownGrid } from "../../sample-grid.js";

const theme = makeTheme("dark", false);
const options: GridPainterOptions = {
    drawUnder: () => null,
    describeUnread: (side) => `… ${side}`,
};
const columns = [makeColumn("week"), makeColumn("order_count", typeIds.integer), makeColumn("total", typeIds.numeric)];
const rows = [
    makeRow(["2024-11-18", "139", "29911.20"]),
    makeRow(["2024-11-25", "14800", "-31204.50"]),
    makeRow(["2024-12-02", null, "NaN"]),
];

/** The lines of a grid, without the one under the names of the columns, where nothing is drawn here. */
function paint(state: ShownGrid, { columns, rows } = { columns: 50, rows: 6 }, look = theme): readonly string[] {
    const size = { columns, rows: rows + 1 };
    return makeGridPainter().paint(state, { height: 1, top: 0, left: 0 }, size, look, options).lines.toSpliced(1, 1);
}

describe("the grid", () => {
    it("aligns numbers right with separators and shows null, the cursor's row reversed but for its cell", () => {
        const state = { ...makeShownGrid(columns, rows), row: 1, column: 1 };
        expect(paint(state).map(markedLine)).toEqual([
            " week          order_count       total            ",
            " 2024-11-18            139   29,911.20            ",
            "[▌2024-11-25  ]       14,800[  -31,204.50            ]",
            " 2024-12-02              ∅         NaN            ",
            "                                                  ",
            "                                                  ",
        ]);
    });

    it("marks the sorts, with their order when there are several", () => {
        const state = makeShownGrid(columns, rows);
        const sorted = (sorts: ShownGrid["arrangement"]["view"]["sorts"]): string => {
            const view = { ...state.arrangement.view, sorts };
            return plainLine(paint({ ...state, arrangement: { ...state.arrangement, view } })[0] ?? "").trimEnd();
        };
        expect(sorted([{ column: "total", descending: true }])).toBe(" week          order_count     total ↓");
        expect(
            sorted([
                { column: "week", descending: false },
                { column: "order_count", descending: true },
            ]),
        ).toBe(" week↑1      order_count↓2       total");
    });

    it("shows nothing of a number that has no room, because a part would be another number", () => {
        const state = makeShownGrid(columns, rows);
        const arrangement = { ...state.arrangement, widths: { total: 5, week: 6 } };
        expect(paint({ ...state, arrangement }).map((line) => plainLine(line).trimEnd())).toEqual([
            " week      order_count  total",
            "▌2024-…            139  #####",
            " 2024-…         14,800  #####",
            " 2024-…              ∅    NaN",
            "",
            "",
        ]);
    });

    it("lets a long text give way to the number at the right edge", () => {
        const texts = makeRow(["a.long.name.and.a.longer.one@shop.example", "12345.67"]);
        const state = makeShownGrid([makeColumn("email"), makeColumn("total", typeIds.numeric)], [texts]);
        const painted = (width: number): string =>
            plainLine(paint(state, { columns: width, rows: 2 })[1] ?? "").trimEnd();
        expect(painted(40)).toBe("▌a.long.name.and.a.longer.on…  12,345.67");
        // Of a text without its end a person would know nothing.
        expect(painted(27)).toMatch(/^▌a\.long/);
        expect(painted(27)).not.toContain("12,345.67");
    });

    it("makes control characters visible and keeps every line as wide as the grid", () => {
        const texts = ["a\x1b[31mb", "日本語のとても長いテキスト", "שלום \u202e", "x\ty\nz", "👩‍👩‍👧 ok", "e\u0301"];
        const state = makeShownGrid(
            [makeColumn("text"), makeColumn("n", typeIds.integer)],
            texts.map((text, index) => makeRow([text, String(index)])),
        );
        const arrangement = { ...state.arrangement, widths: { text: 16 } };
        const lines = paint({ ...state, arrangement }, { columns: 24, rows: 8 });
        expect(lines.map(styledWidth)).toEqual(lines.map(() => 24));
        const shown = lines.map((line) =>
            plainLine(line)
                .slice(1)
                .replace(/ +\d *$/, ""),
        );
        expect(shown.slice(1, 5)).toEqual(["a␛[31mb", "日本語のとても…", "שלום \\u{202e}", "x␉y↵z"]);
    });

    it("says that there are more rows where they are not read yet", () => {
        const state = makeShownGrid(columns, rows, { row: 2 }, { hasAfter: true });
        expect(paint(state).map((line) => plainLine(line).trimEnd())[4]).toBe(" … after");
        const before = makeShownGrid(columns, rows, {}, { hasBefore: true });
        expect(plainLine(paint(before)[1] ?? "").trimEnd()).toBe(" … before");
    });

    it("keeps frozen columns in view behind a line", () => {
        const state = makeShownGrid(columns, rows, { column: 2 });
        const arrangement = { ...state.arrangement, frozen: 1 };
        const picture = paint({ ...state, arrangement }, { columns: 28, rows: 3 });
        expect(picture.map((line) => plainLine(line).trimEnd())).toEqual([
            " week       │      total",
            "▌2024-11-18 │  29,911.20",
            " 2024-11-25 │ -31,204.50",
        ]);
    });

    it("marks what was found, but not in the cursor's row", () => {
        const state = makeShownGrid(columns, rows, { findText: "11-" });
        const lines = paint(state);
        expect(lines[2]).toContain("2024-\x1b[38;5;16;48;5;221m11-\x1b[0m25");
        expect(lines[1]).not.toContain("48;5;221");
    });

    it("uses nothing but ASCII where that is all there is", () => {
        const state = makeShownGrid(columns, rows, { column: 1 });
        const view = { ...state.arrangement.view, sorts: [{ column: "week", descending: true }] };
        const lines = paint(
            { ...state, arrangement: { ...state.arrangement, view } },
            undefined,
            makeTheme("mono", true),
        );
        expect(lines.map((line) => plainLine(line).trimEnd())).toEqual([
            " week v        order_count       total",
            ">2024-11-18            139   29,911.20",
            " 2024-11-25         14,800  -31,204.50",
            " 2024-12-02           NULL         NaN",
            "",
            "",
        ]);
    });

    it("shows true and false in words, empty text as nothing and clipped text with a mark", () => {
        const state = makeShownGrid(
            [makeColumn("is_new", typeIds.boolean), makeColumn("note")],
            [makeRow(["t", ""]), makeRow(["f", "abc"], { 1: 5_000_000 })],
        );
        expect(paint(state, { columns: 24, rows: 3 }).map((line) => plainLine(line).trimEnd())).toEqual([
            " is_new    note",
            "▌true",
            " false     abc…",
        ]);
    });

    it("paints a moved cursor in a fraction of a millisecond", () => {
        const wide = Array.from({ length: 16 }, (_, index) => makeColumn(`column_${index}`, typeIds.numeric));
        const many = Array.from({ length: 400 }, (_, row) =>
            makeRow(wide.map((_column, cell) => String(row * cell * 1.5))),
        );
        const painter = makeGridPainter();
        const viewport = { height: 1, top: 0, left: 0 };
        const state = makeShownGrid(wide, many);
        const size = { columns: 200, rows: 55 };
        painter.paint(state, viewport, size, theme, options);
        const tookMs = Array.from({ length: 50 }, (_, row) => {
            const started = performance.now();
            painter.paint({ ...state, row }, viewport, size, theme, options);
            return performance.now() - started;
        });
        // The one in the middle: the machine may do other things meanwhile.
        expect(tookMs.toSorted((left, right) => left - right)[25]).toBeLessThan(2);
    });
});
