import { describe, expect, it } from "vitest";
import { typeIds } from "../../src/text/column-types.js";
import { formatTable, formatTableHead, formatTableRow, layOutTable } from "../../src/text/format-table.js";

const id = { name: "order_id", typeId: typeIds.integer };
const name = { name: "name", typeId: typeIds.text };
const amount = { name: "amount", typeId: typeIds.numeric };
const count = { name: "event_count", typeId: typeIds.bigint };

describe("formatTable", () => {
    it("aligns numbers right, text left, shows null, and separates thousands in quantities alone", () => {
        const lines = formatTable(
            [id, name, amount, count],
            [
                ["20250103", "Ada", "1234567.50", "58120"],
                ["7", null, "-9962.01", "1056"],
                ["8", "", "NaN", null],
            ],
        );
        expect(lines.join("\n")).toBe(
            [
                "order_id  name        amount  event_count",
                "────────  ────  ────────────  ───────────",
                "20250103  Ada   1,234,567.50       58,120",
                "       7  ∅        -9,962.01         1056",
                "       8                 NaN            ∅",
            ].join("\n"),
        );
    });

    it("counts terminal cells: wide characters take two, combining marks none", () => {
        const lines = formatTable(
            [name, name],
            [
                ["日本", "x"],
                ["e\u0301", "y"],
                ["👩‍👩‍👧", "z"],
            ],
        );
        expect(lines.slice(2)).toEqual(["日本  x", "e\u0301     y", "👩‍👩‍👧    z"]);
    });

    it("cuts long cells and narrows the widest columns until the table fits the terminal", () => {
        const long = "abcdefghij".repeat(10);
        expect(formatTable([name, name], [[long, "x"]])[2]).toBe(`${long.slice(0, 59)}…  x`);
        expect(formatTable([name], [[long]])[2]).toBe(long);
        expect(formatTable([name], [[long.repeat(4)]])[2]).toBe(`${long.repeat(3).slice(0, 299)}…`);
        const lines = formatTable([id, name], [["1", long]], 30);
        expect(lines.map((line) => line.length)).toEqual([14, 30, 30]);
        expect(lines[2]).toBe("       1  abcdefghijabcdefghi…");
    });

    it("never lets a value act on the terminal", () => {
        const lines = formatTable([name], [["\u001b[31mred\u0007\r\nnext\u202eevil\u009b1m\tend"]]);
        expect(lines[2]).toBe("␛[31mred␇↵next\\u{202e}evil\\u{9b}1m␉end");
    });

    it("keeps the widths of the first rows for all that follow", () => {
        const layout = layOutTable([name, id], [["short", "1"]]);
        expect(formatTableHead(layout)[0]).toBe("name   order_id");
        expect(formatTableRow(layout, ["much longer", "2"])).toBe("much…         2");
    });

    it("shows a table of no rows as its head", () => {
        expect(formatTable([id, name], [])).toEqual(["order_id  name", "────────  ────"]);
    });
});
