/** The points of each letter, in five rows; lower case is written as capitals. */
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

/** The width of a text in large letters; null when it has a character without a large letter. */
export function bigWidthOrNull(text: string, scale: BigScale): number | null {
    const widths = Array.from(text.toUpperCase(), (character) => glyphs[character]?.indexOf(" ") ?? null);
    return widths.reduce<number | null>(
        (sum, width, index) =>
            sum === null || width === null ? null : sum + (index === 0 ? 0 : scale) + width * scale,
        0,
    );
}

/**
 * A text in large letters. A point is half a cell high with scale 1, and two cells wide with scale 2.
 * Only for text for which `bigWidthOrNull` gives a width.
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
