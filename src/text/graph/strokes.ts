/** Where lines leave a cell. */
export const arms = { up: 1, down: 2, left: 4, right: 8 } as const;

/** The characters that a drawing is made of. */
export interface Strokes {
    /** By the sum of the arms. */
    readonly lines: readonly string[];
    /** Corners of a box: left above, right above, left below, right below. */
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
