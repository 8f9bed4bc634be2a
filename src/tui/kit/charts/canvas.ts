import { graphemesOf, makeVisible, widthOf } from "../../../text/visible-text.js";
import type { ChartOptions, ChartRole } from "./chart.js";

/** Cells to draw a chart on. */
export interface Canvas {
    readonly width: number;
    readonly height: number;
    /** Writes any text, made safe to show. Glyphs outside the canvas are left out, and so are wide glyphs that straddle an edge. */
    readonly put: (row: number, column: number, text: string, role: ChartRole) => void;
    /** The lines, each exactly as wide as the canvas. */
    readonly toLines: () => readonly string[];
}

interface Cell {
    /** Empty behind a wide glyph. */
    readonly text: string;
    readonly role: ChartRole;
}

const blank: Cell = { text: " ", role: "empty" };
const narrow = /^[ -~\u2190-\u21ff\u2500-\u259f\u2800-\u28ff]*$/;

export function makeCanvas(
    height: number,
    { width, style = (text) => text }: Pick<ChartOptions, "width" | "style">,
): Canvas {
    const rows = Array.from({ length: height }, () => Array.from({ length: width }, () => blank));

    function put(row: number, column: number, text: string, role: ChartRole): void {
        const cells = rows[row];
        if (cells === undefined) {
            return;
        }
        let at = column;
        for (const { glyph, glyphWidth } of splitGlyphs(text)) {
            if (at >= 0 && at + glyphWidth <= width) {
                cells[at] = { text: glyph, role };
                for (let behind = 1; behind < glyphWidth; behind++) {
                    cells[at + behind] = { text: "", role };
                }
            }
            at += glyphWidth;
        }
    }

    function toLine(cells: readonly Cell[]): string {
        let line = "";
        let stretch = "";
        let role: ChartRole = "empty";
        for (const cell of cells) {
            if (cell.role !== role) {
                line += stretch === "" ? "" : style(stretch, role);
                stretch = "";
                ({ role } = cell);
            }
            stretch += cell.text;
        }
        return line + (stretch === "" ? "" : style(stretch, role));
    }

    return { width, height, put, toLines: () => rows.map(toLine) };
}

function splitGlyphs(text: string): readonly { readonly glyph: string; readonly glyphWidth: number }[] {
    if (narrow.test(text)) {
        return Array.from(text, (glyph) => ({ glyph, glyphWidth: 1 }));
    }
    return graphemesOf(makeVisible(text))
        .map((glyph) => ({ glyph, glyphWidth: widthOf(glyph) }))
        .filter(({ glyphWidth }) => glyphWidth > 0);
}
