/* eslint-disable no-control-regex -- escape sequences are what this looks for */
import { graphemesOf, narrowCharacters, widthOfGrapheme } from "../../text/visible-text.js";

const certain = new RegExp(`^[\\x1b${narrowCharacters}]*$`);
const pieces = /(\x1b\[[0-9;:]*m)/;

/**
 * Keeps the columns of a line in place even where the terminal and we disagree on the width of a glyph (emoji, combining marks,
 * scripts): after each such glyph it moves the cursor to the right column. Lines of certain width come back unchanged.
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

/** Whether every glyph has a certain width. Other lines may leave cells of an older line on the screen, so that one is erased first. */
export function isCertain(line: string): boolean {
    return certain.test(line);
}
