import type { BlockRows } from "../../../../deck/block-content.js";
import { formatFigure } from "../../../../text/format-table.js";
import { makeVisible } from "../../../../text/visible-text.js";
import type { TerminalSize } from "../../../terminal/open-terminal.js";
import { fitStyled, styledWidth } from "../../../terminal/styled-line.js";
import type { Theme } from "../../../kit/theme.js";
import { fitText } from "../../../kit/lines/fit-text.js";
import { bigWidthOrNull, drawBigText } from "./big-letters.js";

/** How many lines the figures take when the height does not limit them. */
export function figureRows(rows: BlockRows, width: number, theme: Theme): number {
    return formatFigures(rows, { columns: width, rows: 100 }, theme).length;
}

interface Figure {
    readonly value: string;
    readonly name: string;
}

const gap = 3;

/** The values of the first row, in large letters if they fit, each above the name of its column. */
export function formatFigures(rows: BlockRows, size: TerminalSize, theme: Theme): readonly string[] {
    const figures = rows.columns.map((column, index): Figure => ({
        value: formatFigure(rows.rows[0]?.[index] ?? null, column),
        name: makeVisible(column.name.replaceAll("_", " ")),
    }));
    if (rows.rows.length === 0) {
        return [theme.style("dim", "There are no rows.")];
    }
    const large = theme.isAscii ? null : drawAll(figures, true, size, theme);
    const lines = large !== null && large.length <= size.rows ? large : drawAll(figures, false, size, theme);
    return lines.slice(0, size.rows);
}

/** The figures side by side, in several rows if they do not fit in one. */
function drawAll(
    figures: readonly Figure[],
    isLarge: boolean,
    { columns }: TerminalSize,
    theme: Theme,
): readonly string[] {
    const cells = figures.map((figure) => drawFigure(figure, isLarge, theme));
    const lines: string[] = [];
    let line: (typeof cells)[number][] = [];
    const flush = (): void => {
        for (let row = 0; row < Math.max(0, ...line.map((cell) => cell.lines.length)); row++) {
            const parts = line.map(({ lines: own, width }) => fitStyled(own[row] ?? "", width));
            lines.push(fitStyled(parts.join(" ".repeat(gap)), columns).trimEnd());
        }
        line = [];
    };
    for (const cell of cells) {
        const used = line.reduce((sum, { width }) => sum + width + gap, 0);
        if (line.length > 0 && used + cell.width > columns) {
            flush();
            lines.push("");
        }
        line.push(cell);
    }
    flush();
    return lines;
}

function drawFigure(
    { value, name }: Figure,
    isLarge: boolean,
    theme: Theme,
): { readonly lines: readonly string[]; readonly width: number } {
    const bigWidth = isLarge ? bigWidthOrNull(value, 1) : null;
    const drawn = bigWidth === null ? [fitText(value, styledWidth(value))] : drawBigText(value, 1);
    const width = Math.max(bigWidth ?? styledWidth(value), styledWidth(name));
    return { lines: [...drawn.map((each) => theme.style("accent", each)), theme.style("dim", name)], width };
}
