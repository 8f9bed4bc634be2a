/** The directions in which lines leave a cell, as bits. */
export const arms = { up: 1, down: 2, left: 4, right: 8 } as const;

/** The characters that a drawing is made of. */
export interface Strokes {
    /** The character for each sum of arms. */
    readonly lines: readonly string[];
    /** Corners of a box: top left, top right, bottom left, bottom right. */
    readonly corners: readonly [string, string, string, string];
}

export const unicodeStrokes: Strokes = {
    lines: [" ", "╵", "╷", "│", "╴", "╯", "╮", "┤", "╶", "╰", "╭", "├", "─", "┴", "┬", "┼"],
    corners: ["╭", "╮", "╰", "╯"],
};

export const asciiStrokes: Strokes = {
    lines: [" ", "|", "|", "|", "-", "+", "+", "+", "-", "+", "+", "+", "-", "+", "+", "+"],
    corners: ["+", "+", "+", "+"],
};
