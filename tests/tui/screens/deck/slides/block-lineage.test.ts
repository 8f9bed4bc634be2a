import { describe, expect, it } from "vitest";
import type { LineageContent } from "../../../../../src/deck/block-content.js";
import { formatLineage } from "../../../../../src/tui/screens/deck/slides/block-lineage.js";
import { makeTheme } from "../../../../../src/tui/kit/theme.js";
import { plainLine } from "../../../plain-line.js";

const content: LineageContent = {
    layers: [
        { name: "staging", members: [{ text: "orders", tone: "plain" }] },
        {
            name: "prep",
            members: [
                { text: "stg_orders", tone: "ok" },
                { text: "stg_\u001b[2J", tone: "dim" },
            ],
        },
        { name: "marts", members: [{ text: "mart_x", tone: "failed" }] },
    ],
    edges: [
        { from: "orders", to: "stg_orders" },
        { from: "orders", to: "stg_\u001b[2J" },
        { from: "stg_orders", to: "mart_x" },
    ],
    focus: { name: "mart_x", upstream: ["└─ stg_orders", "   └─ orders"], downstream: [] },
};

function draw(columns: number, rows: number, isAscii = false): readonly string[] {
    return formatLineage(content, { columns, rows }, makeTheme("mono", isAscii)).map((line) =>
        plainLine(line).trimEnd(),
    );
}

describe("formatLineage", () => {
    it("draws a graph where there is room, with less around the names where there is less", () => {
        expect(draw(60, 10)).toEqual([
            "               ╭──────────────╮   ╭──────────╮",
            "╭──────────╮ ╭─┤ ✓ stg_orders ├───┤ ✗ mart_x │",
            "│   orders ├─┤ ╰──────────────╯   ╰──────────╯",
            "╰──────────╯ │ ╭──────────────╮",
            "             ╰─┤ · stg_␛[2J   │",
            "               ╰──────────────╯",
        ]);
        expect(draw(60, 4)).toEqual([
            "             ╭─┤ ✓ stg_orders ├───┤ ✗ mart_x │",
            "│   orders ├─┤",
            "             ╰─┤ · stg_␛[2J   │",
        ]);
    });

    it("shows the layers, and then the trees of what is in focus, where there is too little", () => {
        expect(draw(40, 4, true)).toEqual([
            "staging  -> prep         -> marts",
            "--------    ------------    --------",
            "  orders    v stg_orders    x mart_x",
            "            . stg_␛[2J",
        ]);
        expect(draw(24, 4)).toEqual(["mart_x", "is made of", "└─ stg_orders", "   └─ orders"]);
    });

    it("shows of a column what makes it, before the columns that it is made of", () => {
        const column = { of: "mart_x", title: "mart_x.total = sum(amount)", made: [], rowsDecidedBy: [] };
        const focus = { name: "mart_x.total", upstream: ["└─ stg_orders.amount"], downstream: [] };
        const lines = formatLineage({ ...content, focus, column }, { columns: 60, rows: 20 }, makeTheme("mono", false));
        expect(lines.map((line) => plainLine(line).trimEnd())).toEqual([
            "mart_x.total = sum(amount)",
            "is made of",
            "└─ stg_orders.amount",
        ]);
    });
});
