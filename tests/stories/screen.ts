import type { IBuffer, IBufferCell, Terminal } from "@xterm/headless";

/** A cell as a person sees it. */
export interface ScreenCell {
    /** The character with its combining marks; empty for the right half of a wide one. */
    readonly text: string;
    /** Columns that it takes: 2 for a wide character, 0 for the right half of one. */
    readonly width: number;
    readonly isInverse: boolean;
    readonly isBold: boolean;
    readonly isDim: boolean;
    readonly isItalic: boolean;
    readonly isUnderlined: boolean;
    /** `red`, `bright-red`, …, a number of the 256 colours from 16 on, or `#rrggbb`; null for the terminal's own. */
    readonly foreground: string | null;
    readonly background: string | null;
}

/** The rows of the screen, from top to bottom, without the blanks at their ends. */
export function readScreen(terminal: Terminal): readonly string[] {
    const { active } = terminal.buffer;
    return readRows(active, active.baseY, terminal.rows, terminal.cols);
}

/** The lines of the normal screen and of all that has scrolled out of it, as long as they were, without empty ones at the end. */
export function readHistory(terminal: Terminal): readonly string[] {
    const { normal } = terminal.buffer;
    const lines: string[] = [];
    readRows(normal, 0, normal.length, terminal.cols).forEach((row, index) => {
        if (normal.getLine(index)?.isWrapped === true) {
            lines.push(`${lines.pop() ?? ""}${row}`);
        } else {
            lines.push(row);
        }
    });
    return lines.slice(0, lines.findLastIndex((line) => line !== "") + 1);
}

function readRows(buffer: IBuffer, start: number, count: number, columns: number): readonly string[] {
    // A row that was written before the terminal became narrower still has its old end, out of sight.
    const read = (row: number): string => buffer.getLine(row)?.translateToString(false, 0, columns).trimEnd() ?? "";
    return Array.from({ length: count }, (_, row) => read(start + row));
}

/** The cell at a place of the screen; row and column count from 0. */
export function readCell(terminal: Terminal, row: number, column: number): ScreenCell {
    const { active } = terminal.buffer;
    const cell = active.getLine(active.baseY + row)?.getCell(column);
    if (cell === undefined) {
        throw new Error(`There is no cell at row ${row}, column ${column} of ${terminal.rows} × ${terminal.cols}.`);
    }
    return {
        text: cell.getChars(),
        width: cell.getWidth(),
        isInverse: cell.isInverse() !== 0,
        isBold: cell.isBold() !== 0,
        isDim: cell.isDim() !== 0,
        isItalic: cell.isItalic() !== 0,
        isUnderlined: cell.isUnderline() !== 0,
        foreground: readForeground(cell),
        background: readBackground(cell),
    };
}

function readForeground(cell: IBufferCell): string | null {
    return cell.isFgDefault() ? null : nameColour(cell.getFgColor(), cell.isFgRGB());
}

function readBackground(cell: IBufferCell): string | null {
    return cell.isBgDefault() ? null : nameColour(cell.getBgColor(), cell.isBgRGB());
}

/** The names of the 16 colours that every terminal has, in their order; `bright-…` are the second eight. */
export const colourNames = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;

function nameColour(colour: number, isRgb: boolean): string {
    if (isRgb) {
        return `#${colour.toString(16).padStart(6, "0")}`;
    }
    const name = colourNames[colour % 8] ?? "";
    return colour < 8 ? name : colour < 16 ? `bright-${name}` : String(colour);
}
