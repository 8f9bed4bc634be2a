import { cellHeight, cellWidth, formatNumber } from "./cell-size.js";

/** Which sides a line reaches from the middle of its cell: left, right, up, down. */
const lines: Readonly<Record<string, string>> = {
    "─": "lr",
    "│": "ud",
    "┌": "rd",
    "┐": "ld",
    "└": "ru",
    "┘": "lu",
    "╭": "rd",
    "╮": "ld",
    "╰": "ru",
    "╯": "lu",
    "├": "rud",
    "┤": "lud",
    "┬": "lrd",
    "┴": "lru",
    "┼": "lrud",
};

const halfStroke = 0.6;
const middle = cellHeight / 2;

/**
 * The path of blocks and lines, which must join across cells and so cannot depend on the viewer's font; null for any other
 * text.
 */
export function drawBlockOrNull(text: string, left: number, top: number): string | null {
    let column = 0;
    // A long line or bar is one rectangle.
    const shapes = (text.match(/─+|█+|[^]/gu) ?? []).map((piece) => {
        const x = left + column * cellWidth;
        column += piece.length;
        if (piece.length > 1 && /^[─█]/.test(piece)) {
            const [from, to] = piece.startsWith("█") ? [0, cellHeight] : [middle - halfStroke, middle + halfStroke];
            return rectangle(x, top + from, x + piece.length * cellWidth, top + to);
        }
        return drawCellOrNull(piece, x, top);
    });
    return shapes.some((shape) => shape === null) ? null : shapes.join("");
}

function drawCellOrNull(character: string, left: number, top: number): string | null {
    const right = left + cellWidth;
    const bottom = top + cellHeight;
    const code = character.codePointAt(0) ?? 0;
    const sides = lines[character];
    if (sides !== undefined) {
        const [x, y] = [left + cellWidth / 2, top + middle];
        const arms: Readonly<Record<string, string>> = {
            l: rectangle(left, y - halfStroke, x + halfStroke, y + halfStroke),
            r: rectangle(x - halfStroke, y - halfStroke, right, y + halfStroke),
            u: rectangle(x - halfStroke, top, x + halfStroke, y + halfStroke),
            d: rectangle(x - halfStroke, y - halfStroke, x + halfStroke, bottom),
        };
        return Array.from(sides, (side) => arms[side] ?? "").join("");
    }
    // U+2581 to U+2588 fill eighths from below, U+2589 to U+258F eighths from the left, U+2580 is the upper half.
    if (code >= 0x2581 && code <= 0x2588) {
        return rectangle(left, bottom - ((code - 0x2580) * cellHeight) / 8, right, bottom);
    }
    if (code >= 0x2589 && code <= 0x258f) {
        return rectangle(left, top, left + ((0x2590 - code) * cellWidth) / 8, bottom);
    }
    if (code === 0x2580) {
        return rectangle(left, top, right, top + cellHeight / 2);
    }
    return code === 0x2590 ? rectangle(left + cellWidth / 2, top, right, bottom) : null;
}

function rectangle(left: number, top: number, right: number, bottom: number): string {
    const [x, y] = [formatNumber(left), formatNumber(top)];
    return `M${x} ${y}H${formatNumber(right)}V${formatNumber(bottom)}H${x}z`;
}
