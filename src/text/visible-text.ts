import stringWidth from "string-width";

// What a terminal would obey instead of showing, and what the eye cannot see: control characters, marks that turn the
// writing direction, zero-width and tag characters. Joiners stay: scripts and emoji need them.
const unseen =
    /\r\n|[\p{Cc}\p{Cs}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/** The text with everything that would act on the terminal made visible: `␛`, `\u{202e}`, a line break as `↵`. */
export function makeVisible(text: string): string {
    return text.replaceAll(unseen, showCharacter);
}

/** As `makeVisible`, for text of several lines. */
export function makeLinesVisible(text: string): string {
    return text
        .split(/\r?\n/)
        .map((line) => makeVisible(line.replaceAll("\t", "    ")))
        .join("\n");
}

function showCharacter(character: string): string {
    if (character === "\n" || character === "\r\n") {
        return "↵";
    }
    const code = character.codePointAt(0) ?? 0;
    // Unicode's control pictures stand in the same order as the control characters.
    return code < 0x20 ? String.fromCodePoint(0x2400 + code) : code === 0x7f ? "␡" : `\\u{${code.toString(16)}}`;
}

// Latin, punctuation, arrows, box drawing, block elements and Braille: one cell each. Segmenting a line into graphemes
// takes a quarter of a millisecond, and a frame has many lines.
const narrow =
    /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u21ff\u2200-\u22ff\u2423\u2500-\u259f\u25b2-\u25cf\u2713\u2717\u2800-\u28ff]*$/;

/** How many terminal cells the text takes. */
export function widthOf(text: string): number {
    return narrow.test(text) ? text.length : stringWidth(text);
}

const graphemes = new Intl.Segmenter();

/** At most `maxWidth` terminal cells of the text, with `…` in place of what was cut. */
export function cutToWidth(text: string, maxWidth: number): string {
    // A cell may hold megabytes; what could never fit need not be measured.
    const start = text.length > maxWidth * 20 ? text.slice(0, maxWidth * 20) : text;
    if (narrow.test(start)) {
        return text.length <= maxWidth ? text : `${start.slice(0, Math.max(0, maxWidth - 1))}…`;
    }
    if (start === text && widthOf(text) <= maxWidth) {
        return text;
    }
    let result = "";
    let width = 0;
    for (const { segment } of graphemes.segment(start)) {
        width += widthOf(segment);
        if (width > maxWidth - 1) {
            break;
        }
        result += segment;
    }
    return `${result}…`;
}
