import { graphemesOf, widthOfGrapheme } from "../../text/visible-text.js";

const ascii = /^\p{ASCII}*$/u;
const marks = /\p{M}/gu;

/** What this program's own words use, one cell for one cell. */
const alike: Readonly<Record<string, string>> = {
    "…": ".",
    "–": "-",
    "—": "-",
    "·": ".",
    "×": "x",
    "≈": "~",
    "›": ">",
    "↑": "^",
    "↓": "v",
    "←": "<",
    "→": ">",
    "↵": "$",
    "⏎": "$",
    "│": "|",
    "─": "-",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
};

/**
 * The styled line for a terminal that shows nothing but ASCII, as wide as before: letters without their accents, and `?` for each
 * cell of what has no likeness.
 */
export function toAscii(line: string): string {
    if (ascii.test(line)) {
        return line;
    }
    return graphemesOf(line)
        .map((grapheme) => (ascii.test(grapheme) ? grapheme : findLikeness(grapheme)))
        .join("");
}

function findLikeness(grapheme: string): string {
    const bare = alike[grapheme] ?? grapheme.normalize("NFD").replaceAll(marks, "");
    const width = widthOfGrapheme(grapheme);
    return ascii.test(bare) && bare.length === width ? bare : "?".repeat(width);
}
