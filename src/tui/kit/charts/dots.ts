/** A grid of dots, several to a cell: https://www.unicode.org/charts/PDF/U2800.pdf */
export interface Dots {
    readonly width: number;
    readonly height: number;
    readonly set: (x: number, y: number) => void;
    /** The glyph of a cell; null when no dot of the cell is set. */
    readonly glyphAt: (row: number, column: number) => string | null;
}

/** The bits of a Braille pattern by column and row of its dots. */
const bits = [
    [0x01, 0x02, 0x04, 0x40],
    [0x08, 0x10, 0x20, 0x80],
] as const;

/** Braille has two by four dots in a cell, ASCII one. */
export function makeDots(columns: number, rows: number, isAscii: boolean): Dots {
    const across = isAscii ? 1 : 2;
    const down = isAscii ? 1 : 4;
    const cells = new Uint8Array(columns * rows);
    return {
        width: columns * across,
        height: rows * down,
        set: (x, y) => {
            const place = Math.floor(y / down) * columns + Math.floor(x / across);
            cells[place] = (cells[place] ?? 0) | (isAscii ? 1 : (bits[x % across]?.[y % down] ?? 0));
        },
        glyphAt: (row, column) => {
            const pattern = cells[row * columns + column] ?? 0;
            return pattern === 0 ? null : isAscii ? "*" : String.fromCodePoint(0x2800 + pattern);
        },
    };
}

/** Sets the dots from one place to another, both included. */
export function setLine(dots: Dots, from: readonly [number, number], to: readonly [number, number]): void {
    const steps = Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]), 1);
    for (let step = 0; step <= steps; step++) {
        const at = (axis: 0 | 1): number => Math.round(from[axis] + ((to[axis] - from[axis]) * step) / steps);
        dots.set(at(0), at(1));
    }
}
