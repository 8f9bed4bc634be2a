import { cellHeight, cellWidth, formatNumber } from "./cell-size.js";
import { drawRow, type CellGrid } from "./draw-row.js";
import { wrapInSvg } from "./format-svg.js";
import type { Palette } from "./palette.js";

/** A screen, and how long it is shown. */
export interface Frame {
    readonly grid: CellGrid;
    readonly forMs: number;
}

/**
 * An animated picture: the frames are side by side, and move through the window one after the other in a loop. Rows that several frames
 * share are drawn once. With reduced motion, only the first frame shows.
 */
export function formatFilm(title: string, frames: readonly Frame[], palette: Palette): string {
    const columns = Math.max(0, ...frames.flatMap(({ grid }) => grid.map((row) => row.length)));
    const rows = Math.max(0, ...frames.map(({ grid }) => grid.length));
    const idOfRow = new Map<string, string>();
    const strip = frames.map(({ grid }, frame) => {
        const uses = grid.map((row, index) => {
            const drawn = drawRow(row, 0, palette).join("");
            if (drawn === "") {
                return "";
            }
            const id = idOfRow.get(drawn) ?? `r${idOfRow.size.toString(36)}`;
            idOfRow.set(drawn, id);
            return `<use href="#${id}" y="${formatNumber(index * cellHeight)}"/>`;
        });
        return `<g transform="translate(${formatNumber(frame * columns * cellWidth)})">${uses.join("")}</g>`;
    });
    return wrapInSvg({ title, palette, columns, rows, style: formatMotion(frames, columns * cellWidth) }, [
        "<defs>",
        ...[...idOfRow].map(([drawn, id]) => `<g id="${id}">${drawn}</g>`),
        "</defs>",
        '<g class="film">',
        ...strip,
        "</g>",
    ]);
}

function formatMotion(frames: readonly Frame[], width: number): string {
    const totalMs = frames.reduce((sum, { forMs }) => sum + forMs, 0);
    let atMs = 0;
    const places = frames.map(({ forMs }, frame) => {
        const place = `${formatNumber((atMs / totalMs) * 100)}%{transform:translate(${formatNumber(-frame * width)}px)}`;
        atMs += forMs;
        return place;
    });
    const last = `100%{transform:translate(${formatNumber(-(frames.length - 1) * width)}px)}`;
    return [
        `@keyframes film{${places.join("")}${last}}`,
        `.film{animation:film ${totalMs}ms steps(1,end) infinite}`,
        "@media (prefers-reduced-motion:reduce){.film{animation:none}}",
    ].join("");
}
