import type { ScreenCell } from "../../tests/stories/screen.js";
import { drawBlockOrNull } from "./block-shapes.js";
import { cellHeight, cellWidth, formatNumber } from "./cell-size.js";
import { colourOrNull, type Palette } from "./palette.js";

/** What a picture is drawn from: the cells of each row. */
export type CellGrid = readonly (readonly ScreenCell[])[];

interface Run {
    readonly column: number;
    readonly width: number;
    readonly text: string;
    readonly style: Style;
    /** False for a wide or composed glyph, which is a run by itself, so that the next cells are placed correctly. */
    readonly isPlain: boolean;
}

interface Style {
    readonly fill: string;
    /** null for the picture's own background. */
    readonly background: string | null;
    /** Names of the style sheet's classes. */
    readonly classes: string;
    readonly isDim: boolean;
}

/** A row of cells as elements of an SVG: filled cells, then text that can be selected, and blocks and lines as exact shapes. */
export function drawRow(row: readonly ScreenCell[], index: number, palette: Palette): readonly string[] {
    const top = index * cellHeight;
    const runs = joinCells(row, palette);
    const backgrounds = runs
        .filter(({ style }) => style.background !== null)
        .map(({ column, width, style }) => {
            const place = `x="${formatNumber(column * cellWidth)}" y="${formatNumber(top)}"`;
            return `<rect ${place} width="${formatNumber(width * cellWidth)}" height="${cellHeight}" fill="${style.background ?? ""}"/>`;
        });
    return [...backgrounds, ...runs.flatMap((run) => drawRun(run, top, palette))];
}

function drawRun({ column, width, text, style }: Run, top: number, palette: Palette): readonly string[] {
    const fill = style.fill === palette.foreground ? "" : ` fill="${style.fill}"`;
    const look = `${fill}${style.isDim ? ' opacity=".6"' : ""}`;
    const shape = drawBlockOrNull(text, column * cellWidth, top);
    if (shape !== null) {
        return [`<path d="${shape}"${look}/>`];
    }
    const classes = style.classes === "" ? "" : ` class="${style.classes}"`;
    // Renderers disagree about several blanks in a row, so there are none inside an element.
    return [...text.matchAll(/\S+(?: \S+)*/g)].map(({ 0: words, index }) => {
        const place = `x="${formatNumber((column + index) * cellWidth)}" y="${formatNumber(top + cellHeight * 0.76)}"`;
        // Fix the width, in case the font lacks a character and a wider font replaces it.
        const length = formatNumber((width - (text.length - words.length)) * cellWidth);
        return `<text ${place} textLength="${length}"${classes}${look}>${escapeText(words)}</text>`;
    });
}

/** Neighbours of one style are one run; blocks and lines are runs of their own kind. */
function joinCells(row: readonly ScreenCell[], palette: Palette): readonly Run[] {
    const runs: Run[] = [];
    row.forEach((cell, column) => {
        if (cell.width === 0) {
            return;
        }
        const style = styleOf(cell, palette);
        const text = cell.text === "" ? " " : cell.text;
        const isPlain = cell.width === 1 && text.length === 1;
        const last = runs.at(-1);
        const isShape = drawBlockOrNull(text, 0, 0) !== null;
        const joins =
            last !== undefined &&
            isSameStyle(last.style, style) &&
            isShape === (drawBlockOrNull(last.text, 0, 0) !== null) &&
            last.isPlain &&
            isPlain;
        if (joins) {
            runs[runs.length - 1] = { ...last, text: last.text + text, width: last.width + 1 };
        } else {
            runs.push({ column, text, width: cell.width, style, isPlain });
        }
    });
    return runs;
}

function styleOf(cell: ScreenCell, palette: Palette): Style {
    const foreground = colourOrNull(cell.foreground, palette) ?? palette.foreground;
    const background = colourOrNull(cell.background, palette);
    const classes = [cell.isBold ? "b" : "", cell.isItalic ? "i" : "", cell.isUnderlined ? "u" : ""];
    return {
        fill: cell.isInverse ? (background ?? palette.background) : foreground,
        background: cell.isInverse ? foreground : background,
        classes: classes.filter((name) => name !== "").join(" "),
        isDim: cell.isDim,
    };
}

function isSameStyle(left: Style, right: Style): boolean {
    return (
        left.fill === right.fill &&
        left.background === right.background &&
        left.classes === right.classes &&
        left.isDim === right.isDim
    );
}

export function escapeText(text: string): string {
    return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
