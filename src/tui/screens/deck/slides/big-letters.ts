/** The columns of points of a letter, row by row, five of them; small letters are written as capitals. */
const glyphs: Readonly<Record<string, string>> = {
    A: ".#. #.# ### #.# #.#",
    B: "##. #.# ##. #.# ##.",
    C: ".## #.. #.. #.. .##",
    D: "##. #.# #.# #.# ##.",
    E: "### #.. ##. #.. ###",
    F: "### #.. ##. #.. #..",
    G: ".### #... #.## #..# .###",
    H: "#.# #.# ### #.# #.#",
    I: "# # # # #",
    J: "..# ..# ..# #.# .#.",
    K: "#..# #.#. ##.. #.#. #..#",
    L: "#.. #.. #.. #.. ###",
    M: "#...# ##.## #.#.# #...# #...#",
    N: "#..# ##.# #.## #..# #..#",
    O: ".##. #..# #..# #..# .##.",
    P: "##. #.# ##. #.. #..",
    Q: ".##. #..# #..# #.## .###",
    R: "##. #.# ##. #.# #.#",
    S: ".## #.. .#. ..# ##.",
    T: "### .#. .#. .#. .#.",
    U: "#.# #.# #.# #.# ###",
    V: "#.# #.# #.# #.# .#.",
    W: "#...# #...# #.#.# ##.## #...#",
    X: "#.# #.# .#. #.# #.#",
    Y: "#.# #.# .#. .#. .#.",
    Z: "### ..# .#. #.. ###",
    0: "### #.# #.# #.# ###",
    1: ".#. ##. .#. .#. ###",
    2: "##. ..# .#. #.. ###",
    3: "##. ..# .#. ..# ##.",
    4: "#.# #.# ### ..# ..#",
    5: "### #.. ##. ..# ##.",
    6: ".## #.. ### #.# ###",
    7: "### ..# .#. .#. .#.",
    8: "### #.# ### #.# ###",
    9: "### #.# ### ..# ##.",
    " ": ".. .. .. .. ..",
    ".": ". . . . #",
    ",": ".. .. .. .# #.",
    ":": ". # . # .",
    ";": ".. .# .. .# #.",
    "!": "# # # . #",
    "?": "##. ..# .#. ... .#.",
    "-": ".. .. ## .. ..",
    "'": "# # . . .",
    "’": "# # . . .",
    '"': "#.# #.# ... ... ...",
    "(": ".# #. #. #. .#",
    ")": "#. .# .# .# #.",
    "/": "..# ..# .#. #.. #..",
    "+": "... .#. ### .#. ...",
    "=": "... ### ... ### ...",
    "%": "#.# ..# .#. #.. #.#",
    "&": ".#.. #.#. .#.. #.#. .#.#",
    "#": "#.#. #### #.#. #### #.#.",
    "*": "... #.# .#. #.# ...",
    "–": "... ... ### ... ...",
    "—": ".... .... #### .... ....",
    _: "... ... ... ... ###",
    "<": "..# .#. #.. .#. ..#",
    ">": "#.. .#. ..# .#. #..",
};

/** The size of the letters' points: with 1 they are three rows high, with 2 five. */
export type BigScale = 1 | 2;

/** Cells across that a text takes in large letters; null when it has a character that there is no letter for. */
export function bigWidthOrNull(text: string, scale: BigScale): number | null {
    const widths = Array.from(text.toUpperCase(), (character) => glyphs[character]?.indexOf(" ") ?? null);
    return widths.reduce<number | null>(
        (sum, width, index) =>
            sum === null || width === null ? null : sum + (index === 0 ? 0 : scale) + width * scale,
        0,
    );
}

/**
 * A text in large letters: points of half a cell's height, or of two cells side by side.
 * Only for text that `bigWidthOrNull` has a width for.
 */
export function drawBigText(text: string, scale: BigScale): readonly string[] {
    const letters = Array.from(text.toUpperCase(), (character) => (glyphs[character] ?? "").split(" "));
    const rows = Array.from({ length: 5 }, (_, row) => letters.map((letter) => letter[row] ?? "").join("."));
    if (scale === 2) {
        return rows.map((row) => Array.from(row, (point) => (point === "#" ? "██" : "  ")).join(""));
    }
    return [0, 2, 4].map((row) =>
        Array.from(rows[row] ?? "", (point, column) => {
            const below = rows[row + 1]?.[column] ?? ".";
            return point === "#" ? (below === "#" ? "█" : "▀") : below === "#" ? "▄" : " ";
        }).join(""),
    );
}
