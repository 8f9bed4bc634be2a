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

/** The length of a bar in eighths of a cell: something for every value but zero, however small. */
export function measureBar(value: number, greatest: number, cells: number): number {
    if (value === 0 || greatest === 0) {
        return 0;
    }
    return Math.min(cells * 8, Math.max(1, Math.round(Math.abs(value / greatest) * cells * 8)));
}
