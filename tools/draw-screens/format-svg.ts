import { cellHeight, cellWidth, formatNumber } from "./cell-size.js";
import { drawRow, escapeText, type CellGrid } from "./draw-row.js";
import type { Palette } from "./palette.js";

const margin = 10;

/** A picture of a terminal's screen. */
export function formatSvg(title: string, grid: CellGrid, palette: Palette): string {
    return wrapInSvg(
        { title, palette, columns: Math.max(...grid.map((row) => row.length)), rows: grid.length, style: "" },
        grid.flatMap((row, index) => drawRow(row, index, palette)),
    );
}

export interface SvgFrame {
    readonly title: string;
    readonly palette: Palette;
    readonly columns: number;
    readonly rows: number;
    /** Added to the style sheet. */
    readonly style: string;
}

/** The whole SVG file: background and style sheet around the drawing, which is clipped at the screen's edges. */
export function wrapInSvg({ title, palette, columns, rows, style }: SvgFrame, drawn: readonly string[]): string {
    const [inner, outer] = [0, 2 * margin].map((around) => ({
        width: formatNumber(columns * cellWidth + around),
        height: formatNumber(rows * cellHeight + around),
    })) as [Record<"width" | "height", string>, Record<"width" | "height", string>];
    return [
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${outer.width} ${outer.height}" width="${outer.width}" height="${outer.height}" role="img">`,
        `<title>${escapeText(title)}</title>`,
        `<style>text{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:14px}.b{font-weight:700}.i{font-style:italic}.u{text-decoration:underline}${style}</style>`,
        `<rect width="${outer.width}" height="${outer.height}" rx="6" fill="${palette.background}"/>`,
        `<svg x="${margin}" y="${margin}" width="${inner.width}" height="${inner.height}" fill="${palette.foreground}">`,
        ...drawn,
        "</svg>",
        "</svg>",
        "",
    ].join("\n");
}
