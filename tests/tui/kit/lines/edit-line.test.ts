import { expect, it, test } from "vitest";
import { formatEditLine } from "../../../../src/tui/kit/lines/edit-line.js";
import { formatSqlEditor } from "../../../../src/tui/kit/lines/sql-editor-lines.js";
import { makeTheme } from "../../../../src/tui/kit/theme.js";
import { plainLine } from "../../plain-line.js";

it.each([
    ["an empty text", "|", "          ", 0],
    ["the end of a short text", "abc|", "abc       ", 3],
    ["the middle", "a|bc", "abc       ", 1],
    ["the end of a text that fills the line", "abcdefghij|", "bcdefghij ", 9],
    ["the start of a long text", "|abcdefghijkl", "abcdefghi…", 0],
    ["the middle of a long text", "abcdefghijk|lmn", "cdefghijk…", 9],
    ["after wide characters", "漢字|a", "漢字a     ", 4],
    ["the end of wide characters that do not fit", "漢字漢字漢字|", "漢字漢字  ", 8],
    ["on a wide character", "abc|漢", "abc漢     ", 3],
    ["after an emoji of several code points", "👩‍💻|x", "👩‍💻x       ", 2],
    ["after a combining mark", "e\u0301|x", "e\u0301x        ", 1],
    ["after a control character", "\x1b|x", "␛x        ", 1],
])("puts the cursor at %s", (_name, marked, line, column) => {
    const cursor = marked.indexOf("|");
    expect(formatEditLine({ text: marked.replace("|", ""), cursor }, 10)).toEqual({ line, column });
});

test.each([
    ["at the start", "|select 1", 0, 0],
    ["in the second line", "select\n  |1", 1, 2],
    ["at the end of a line", "select|\n1", 0, 6],
    ["after wide characters", "'漢字|'", 0, 5],
    ["at the end of a full line", "1234567890|", 1, 0],
    ["where the line is broken", "1234567890|12", 1, 0],
    ["on a wide character that does not fit any more", "123456789|漢", 1, 0],
    ["after a tab", "\t|1", 0, 4],
])("puts the cursor of SQL %s", (_name, marked, row, column) => {
    const cursor = marked.indexOf("|");
    const text = marked.replace("|", "");
    const picture = formatSqlEditor({ text, cursor }, null, 10, makeTheme("mono", false));
    expect(picture.cursor).toEqual({ row, column });
    expect(picture.lines.map((line) => plainLine(line).trimEnd()).join("")).toBe(
        text.replace("\n", "").replace("\t", "    "),
    );
});

it("keeps the cursor of SQL below the caret of an error", () => {
    const error = { offset: 0, message: "no" };
    const picture = formatSqlEditor({ text: "selec\n1", cursor: 7 }, error, 10, makeTheme("mono", false));
    expect(picture.lines.map((line) => plainLine(line).trimEnd())).toEqual(["selec", "^ no", "1"]);
    expect(picture.cursor).toEqual({ row: 2, column: 1 });
});
