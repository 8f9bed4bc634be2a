import { shareOf, type Scale } from "../../../text/charts/nice-scale.js";

const up = " ▁▂▃▄▅▆▇█";
const right = " ▏▎▍▌▋▊▉█";
// For blocks that start at the top or at the right, these glyphs have only an eighth, a half and a whole.
const down = " ▔▔▀▀▀▀██";
const left = " ▕▕▐▐▐▐██";

const plain: Readonly<Record<Direction, string>> = {
    up: " ...:::##",
    right: " ---===##",
    down: " ''':::##",
    left: " ---===##",
};
const drawn: Readonly<Record<Direction, string>> = { up, right, down, left };

/** The direction in which a bar grows. */
export type Direction = "up" | "right" | "down" | "left";

/** The glyphs of a bar from its foot to its tip, one a cell. */
export function drawBar(eighths: number, direction: Direction, isAscii: boolean): readonly string[] {
    const glyphs = (isAscii ? plain : drawn)[direction];
    const cells = Math.ceil(eighths / 8);
    return Array.from({ length: cells }, (_, cell) => glyphs[Math.min(8, eighths - cell * 8)] ?? " ");
}

/** The length of a bar in eighths of a cell, when `cells` span `low` to `high`: at least one for every value except zero. */
export function measureBar(value: number, { low, high }: Pick<Scale, "low" | "high">, cells: number): number {
    if (value === 0 || low === high) {
        return 0;
    }
    const share = Math.abs(shareOf(value, { low, high }));
    return Math.min(cells * 8, Math.max(1, Math.round(share * cells * 8)));
}
