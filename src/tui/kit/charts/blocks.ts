import { shareOf, type Scale } from "../../../text/charts/nice-scale.js";

const up = " ▁▂▃▄▅▆▇█";
const right = " ▏▎▍▌▋▊▉█";
// Of blocks that hang from above or from the right there are but an eighth, a half and a whole.
const down = " ▔▔▀▀▀▀██";
const left = " ▕▕▐▐▐▐██";

const plain: Readonly<Record<Direction, string>> = {
    up: " ...:::##",
    right: " ---===##",
    down: " ''':::##",
    left: " ---===##",
};
const drawn: Readonly<Record<Direction, string>> = { up, right, down, left };

/** Where a bar grows to. */
export type Direction = "up" | "right" | "down" | "left";

/** The glyphs of a bar from its foot to its tip, one a cell; as many as it needs. */
export function drawBar(eighths: number, direction: Direction, isAscii: boolean): readonly string[] {
    const glyphs = (isAscii ? plain : drawn)[direction];
    const cells = Math.ceil(eighths / 8);
    return Array.from({ length: cells }, (_, cell) => glyphs[Math.min(8, eighths - cell * 8)] ?? " ");
}

/** The length of a bar in eighths of a cell, where `cells` reach from `low` to `high`: something for every value but zero. */
export function measureBar(value: number, { low, high }: Pick<Scale, "low" | "high">, cells: number): number {
    if (value === 0 || low === high) {
        return 0;
    }
    const share = Math.abs(shareOf(value, { low, high }));
    return Math.min(cells * 8, Math.max(1, Math.round(share * cells * 8)));
}
