import sliceAnsi from "slice-ansi";
import { widthOf } from "../../text/visible-text.js";

const plain = /^[ -~]*$/;
// eslint-disable-next-line no-control-regex -- escape sequences are what this takes away
const looks = /\x1b\[[0-9;]*m/g;

/** Terminal cells that a styled line takes. */
export function styledWidth(line: string): number {
    return widthOf(line.includes("\x1b") ? line.replaceAll(looks, "") : line);
}

/** The cells from `start` up to `end`, with their styles. */
export function sliceStyled(line: string, start: number, end: number): string {
    return plain.test(line) ? line.slice(start, end) : sliceAnsi(line, start, end);
}

/** The line cut or filled with spaces to exactly `width` cells. */
export function fitStyled(line: string, width: number): string {
    const actual = styledWidth(line);
    if (actual === width) {
        return line;
    }
    if (actual < width) {
        return line + " ".repeat(width - actual);
    }
    const cut = sliceStyled(line, 0, width);
    // A wide glyph that straddles the edge is left out whole.
    return cut + " ".repeat(Math.max(0, width - styledWidth(cut)));
}
