import { colourNames, type ScreenCell } from "../../tests/stories/screen.js";
import { drawBlockOrNull } from "./block-shapes.js";
import { cellHeight, cellWidth, formatNumber } from "./cell-size.js";

/** What the picture is drawn from: the cells of each row. */
export type CellGrid = readonly (readonly ScreenCell[])[];

/** The colours of a terminal. */
export interface Palette {
    readonly background: string;
    readonly foreground: string;
    /** The eight, then the eight bright ones. */
    readonly colours: readonly string[];
}

export const darkPalette: Palette = {
    background: "#16181d",
    foreground: "#d4d7dd",
    colours: [
        ...["#2a2e37", "#f0716f", "#87c379", "#e2b55f", "#6aa9f2", "#c58cdb", "#5fbfc6", "#c6cad2"],
        ...["#7c8494", "#ff8f8c", "#a5db97", "#f4cd80", "#8ec2ff", "#dcaaf0", "#82d9df", "#f3f4f6"],
    ],
};

export const lightPalette: Palette = {
    background: "#fbfbf8",
    foreground: "#2c3038",
    colours: [
        ...["#2c3038", "#c0342f", "#2f7d32", "#946200", "#1f63b5", "#8b3fa8", "#0f7680", "#8a8f98"],
        ...["#6a707b", "#d6453f", "#3b9440", "#ad7400", "#2e77d0", "#a052bf", "#158a95", "#44484f"],
    ],
};

const margin = 10;

/** A picture of a terminal's screen: text that can be selected, filled cells, and blocks and lines as exact shapes. */
export function formatSvg(title: string, grid: CellGrid, palette: Palette): string {
    const columns = Math.max(...grid.map((row) => row.length));
    const width = formatNumber(columns * cellWidth + 2 * margin);
    const height = formatNumber(grid.length * cellHeight + 2 * margin);
    const rows = grid.flatMap((row, index) => drawRow(row, index, palette));
    return [
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" xml:space="preserve">`,
        `<title>${escapeText(title)}</title>`,
        `<style>text{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:14px}.b{font-weight:700}.i{font-style:italic}.u{text-decoration:underline}</style>`,
        `<rect width="${width}" height="${height}" rx="6" fill="${palette.background}"/>`,
        `<g transform="translate(${margin} ${margin})" fill="${palette.foreground}">`,
        ...rows,
        "</g>",
        "</svg>",
        "",
    ].join("\n");
}

interface Run {
    readonly column: number;
    readonly width: number;
    readonly text: string;
    readonly style: Style;
    /** A wide or composed glyph is a run by itself, so that what follows it stands where it should. */
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

function drawRow(row: readonly ScreenCell[], index: number, palette: Palette): readonly string[] {
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
    const trimmed = text.trim();
    if (trimmed === "") {
        return [];
    }
    const blanks = text.length - text.trimStart().length;
    const place = `x="${formatNumber((column + blanks) * cellWidth)}" y="${formatNumber(top + cellHeight * 0.76)}"`;
    // The font may lack a character and take it from a wider one: the text keeps its width all the same.
    const length = formatNumber((width - (text.length - trimmed.length)) * cellWidth);
    const classes = style.classes === "" ? "" : ` class="${style.classes}"`;
    return [`<text ${place} textLength="${length}"${classes}${look}>${escapeText(trimmed)}</text>`];
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
    const foreground = colourOf(cell.foreground, palette) ?? palette.foreground;
    const background = colourOf(cell.background, palette);
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

/** Levels of a channel in the 6 × 6 × 6 cube of the 256 colours. */
const cubeLevels = ["00", "5f", "87", "af", "d7", "ff"];

function colourOf(name: string | null, { colours }: Palette): string | null {
    if (name === null || name.startsWith("#")) {
        return name;
    }
    const number = Number(name);
    if (Number.isNaN(number)) {
        const plain = name.replace("bright-", "");
        return colours[colourNames.findIndex((each) => each === plain) + (plain === name ? 0 : 8)] ?? null;
    }
    if (number >= 232) {
        return `#${(8 + (number - 232) * 10).toString(16).padStart(2, "0").repeat(3)}`;
    }
    const cube = number - 16;
    return `#${[Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((level) => cubeLevels[level]).join("")}`;
}

function escapeText(text: string): string {
    return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
