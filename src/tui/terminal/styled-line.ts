import sliceAnsi from "slice-ansi";
import stringWidth from "string-width";

const plain = /^[ -~]*$/;

/** Terminal cells that a styled line takes. */
export function styledWidth(line: string): number {
    return plain.test(line) ? line.length : stringWidth(line);
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
