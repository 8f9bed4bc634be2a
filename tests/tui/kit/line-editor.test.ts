import { expect, it } from "vitest";
import { editLineOrNull, editOrNull } from "../../../src/tui/kit/line-editor.js";

const edited = { text: "ab", cursor: 1 };

it("pastes several lines as they are into a text of several lines", () => {
    expect(editOrNull(edited, { kind: "paste", text: "1\n2\n" })).toEqual({ text: "a1\n2\nb", cursor: 5 });
});

it.each([
    ["a path that was copied with its line end", "/tmp/rows.csv\n", "a/tmp/rows.csvb"],
    ["several lines", "1\n2\n\n", "a1 2b"],
    ["line ends alone", "\n", "ab"],
])("pastes %s into a text of one line", (_name, text, expected) => {
    const next = editLineOrNull(edited, { kind: "paste", text });
    expect(next).toEqual({ text: expected, cursor: expected.length - 1 });
});
