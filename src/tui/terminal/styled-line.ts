import sliceAnsi from "slice-ansi";
import stringWidth from "string-width";

const plain = /^[ -~]*$/;
// Latin, punctuation, arrows, box drawing, block elements and Braille: one cell each. Segmenting a line into graphemes
// takes a quarter of a millisecond, and a frame has many lines.
const narrow =
    /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u21ff\u2200-\u22ff\u2423\u2500-\u259f\u25b2-\u25cf\u2713\u2717\u2800-\u28ff]*$/;
// eslint-disable-next-line no-control-regex -- escape sequences are what this takes away
const looks = /\x1b\[[0-9;]*m/g;

/** Terminal cells that a styled line takes. */
export function styledWidth(line: string): number {
    if (plain.test(line)) {
        return line.length;
    }
    const text = line.includes("\x1b") ? line.replaceAll(looks, "") : line;
    return narrow.test(text) ? text.length : stringWidth(text);
}

/** The cells from `start` up to `end`, styles kept. */
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
