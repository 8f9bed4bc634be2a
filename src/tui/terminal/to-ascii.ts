import { graphemesOf, widthOfGrapheme } from "../../text/visible-text.js";

const ascii = /^\p{ASCII}*$/u;
const marks = /\p{M}/gu;

/** The characters that this program's own texts use; each replacement is as wide as the original. */
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
 * The styled line for a terminal that shows only ASCII, as wide as before: letters lose their accents, and a glyph without a
 * similar ASCII character becomes `?` in each of its cells.
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
