import { expect, it } from "vitest";
import { typeIds } from "../../src/text/column-types.js";
import { makeRowsText, rowFormats, type RowFormat } from "../../src/text/format-rows.js";
import type { TextRow } from "../../src/text/format-table.js";

const columns = [
    { name: "id", typeId: typeIds.bigint },
    { name: "what | it, says", typeId: typeIds.text },
];
const rows: readonly TextRow[] = [
    ["1", 'a|b\\|, "c"'],
    ["2", null],
    ["3", "two\r\nlines"],
];

it.each<[RowFormat, string, string]>([
    ["csv", 'id,"what | it, says"\r\n', '1,"a|b\\|, ""c"""\r\n2,\r\n3,"two\r\nlines"\r\n'],
    [
        "json",
        "[\n]\n",
        '[\n{"id":1,"what | it, says":"a|b\\\\|, \\"c\\""},\n{"id":2,"what | it, says":null},\n' +
            '{"id":3,"what | it, says":"two\\r\\nlines"}\n]\n',
    ],
    [
        "jsonl",
        "",
        '{"id":1,"what | it, says":"a|b\\\\|, \\"c\\""}\n{"id":2,"what | it, says":null}\n' +
            '{"id":3,"what | it, says":"two\\r\\nlines"}\n',
    ],
    [
        "markdown",
        "| id | what \\| it, says |\n| --- | --- |\n",
        '| 1 | a\\|b\\\\\\|, "c" |\n| 2 |  |\n| 3 | two lines |\n',
    ],
])("writes %s", (format, nothing, all) => {
    const empty = makeRowsText(format, columns);
    expect(empty.page([]) + empty.end()).toBe(nothing);
    const text = makeRowsText(format, columns);
    expect(text.page(rows) + text.end()).toBe(format === "csv" || format === "markdown" ? nothing + all : all);
});

it.each(rowFormats)("writes the same %s however the rows come", (format) => {
    const write = (...pages: readonly (readonly TextRow[])[]): string => {
        const text = makeRowsText(format, columns);
        return pages.map((page) => text.page(page)).join("") + text.end();
    };
    const whole = write(rows);
    expect(write([], rows, [])).toBe(whole);
    expect(write(rows.slice(0, 1), [], rows.slice(1))).toBe(whole);
});
