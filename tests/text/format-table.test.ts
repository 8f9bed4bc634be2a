import { describe, expect, it } from "vitest";
import { typeIds } from "../../src/text/column-types.js";
import {
    formatFigure,
    formatTable,
    formatTableHead,
    formatTableRow,
    layOutTable,
    roundText,
} from "../../src/text/format-table.js";

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
                "       7  ∅        -9,962.01        1,056",
                "       8                 NaN            ∅",
            ].join("\n"),
        );
    });

    it("leaves an integer of four digits alone where it may be a year", () => {
        const columns = ["released", "total_2", "step_count"].map((name) => ({ name, typeId: typeIds.integer }));
        expect(formatTable(columns, [["1984", "1984", "1984"]])[2]).toBe("    1984    1,984       1,984");
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

    it("cuts neither figures nor keys, and leaves out the columns that have no room", () => {
        const key = { name: "code", typeId: typeIds.text, isKey: true };
        const wide = { name: "a_very_long_name_of_figures", typeId: typeIds.numeric };
        const rows = [["customer-0001", "Ada Lovelace of London", "1234567.50", "58120"]];
        expect(formatTable([key, name, wide, count], rows, 60)).toEqual([
            "code           name             a_very_long_na…  event_count",
            "─────────────  ───────────────  ───────────────  ───────────",
            "customer-0001  Ada Lovelace o…     1,234,567.50       58,120",
        ]);
        const layout = layOutTable([key, name, wide, count], rows, 40);
        expect(layout.columns.map((column) => column.name)).toEqual(["code", "name", "a_very_long_name_of_figures"]);
        expect(layout.hidden).toEqual(["event_count"]);
    });

    it("rounds, and shows units and times to the minute, where a column says so", () => {
        const hours = { name: "hours", typeId: typeIds.numeric, decimals: 1, unit: "h" };
        const at = { name: "at", typeId: 1114, isToTheMinute: true };
        expect(
            formatTable(
                [hours, at],
                [
                    ["1234.25", "2025-03-02 14:05:12.5"],
                    [null, null],
                ],
            ).slice(2),
        ).toEqual(["1,234.3 h  2025-03-02 14:05", "        ∅  ∅"]);
        expect(["0.05", "-0.04", "9.95", "12", "NaN"].map((value) => roundText(value, 1))).toEqual([
            "0.1",
            "0.0",
            "10.0",
            "12.0",
            "NaN",
        ]);
        expect(roundText("2.5", 0)).toBe("3");
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

describe("formatFigure", () => {
    it.each([
        ["1669", "orders", typeIds.bigint, "1,669"],
        ["-1669", "lost", typeIds.integer, "-1,669"],
        ["2024", "year", typeIds.integer, "2024"],
        ["12345.678", "amount", typeIds.numeric, "12,345.678"],
        ["2024", "name", typeIds.text, "2024"],
        [null, "orders", typeIds.bigint, "∅"],
    ])("shows %s of %s as a figure", (value, title, typeId, shown) => {
        expect(formatFigure(value, { name: title, typeId })).toBe(shown);
    });
});
