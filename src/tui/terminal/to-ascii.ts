import stringWidth from "string-width";

const ascii = /^\p{ASCII}*$/u;
const graphemes = new Intl.Segmenter();
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
    return Array.from(graphemes.segment(line), ({ segment }) =>
        ascii.test(segment) ? segment : findLikeness(segment),
    ).join("");
}

function findLikeness(grapheme: string): string {
    const bare = alike[grapheme] ?? grapheme.normalize("NFD").replaceAll(marks, "");
    const width = stringWidth(grapheme);
    return ascii.test(bare) && bare.length === width ? bare : "?".repeat(width);
}
