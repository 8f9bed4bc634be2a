/* eslint-disable no-control-regex -- escape sequences are what this looks for */
import { graphemesOf, narrowCharacters, widthOfGrapheme } from "../../text/visible-text.js";

const certain = new RegExp(`^[\\x1b${narrowCharacters}]*$`);
const pieces = /(\x1b\[[0-9;:]*m)/;

/**
 * A line whose columns hold even where the terminal and we disagree on how wide a glyph is (emoji, combining marks, scripts):
 * after each such glyph the cursor is put where it belongs. Lines of certain width come back as they are.
 */
export function anchorLine(line: string): string {
    if (certain.test(line)) {
        return line;
    }
    let column = 0;
    let result = "";
    for (const piece of line.split(pieces)) {
        if (piece.startsWith("\x1b")) {
            result += piece;
            continue;
        }
        for (const grapheme of graphemesOf(piece)) {
            column += widthOfGrapheme(grapheme);
            result += certain.test(grapheme) ? grapheme : `${grapheme}\x1b[${column + 1}G`;
        }
    }
    return result;
}

/** Whether the line has to be erased before it is written, as its glyphs may leave cells of the line before it. */
export function isCertain(line: string): boolean {
    return certain.test(line);
}
