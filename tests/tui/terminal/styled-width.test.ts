import stringWidth from "string-width";
import { expect, test } from "vitest";
import { styledWidth } from "../../../src/tui/terminal/styled-line.js";

test("the width of every character below the ideographs is what string-width measures, styled or not", () => {
    const characters = Array.from({ length: 0x2e80 }, (_, code) => String.fromCharCode(code));
    const wrong = characters.filter(
        (character) =>
            styledWidth(character) !== stringWidth(character) ||
            styledWidth(`\x1b[7ma${character}\x1b[0m`) !== stringWidth(`a${character}`),
    );
    expect(wrong).toEqual([]);
});

test("a wide glyph in a styled line counts for two", () => {
    expect(styledWidth("\x1b[1;7m▌ 日本 ✓ ∅\x1b[0m …")).toBe(12);
    expect(styledWidth("↔\ufe0f")).toBe(stringWidth("↔\ufe0f"));
});
