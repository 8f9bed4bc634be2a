import stringWidth from "string-width";

// Characters that act on the terminal or are invisible: control characters, line separators, and all that Unicode lets a
// program ignore (marks that change the writing direction, zero-width, filling and tag characters).
// Joiners and the marks that choose between text and emoji are kept: scripts and emoji need them.
const unseen =
    /\r\n|(?!\p{Join_Control}|[\ufe00-\ufe0f])[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029\ufff9-\ufffb]/gu;

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

/** JSON with control and invisible characters escaped within strings, which keeps its meaning. Line breaks between tokens become spaces. */
export function escapeUnseen(json: string): string {
    return json.replaceAll(unseen, (characters) =>
        /^[\t\r\n]/.test(characters)
            ? " "
            : Array.from({ length: characters.length }, (_, at) => escapeUnit(characters.charCodeAt(at))).join(""),
    );
}

function escapeUnit(unit: number): string {
    return `\\u${unit.toString(16).padStart(4, "0")}`;
}

function showCharacter(character: string): string {
    if (character === "\n" || character === "\r\n") {
        return "↵";
    }
    const code = character.codePointAt(0) ?? 0;
    // Unicode's control pictures have the same order as the control characters.
    return code < 0x20 ? String.fromCodePoint(0x2400 + code) : code === 0x7f ? "␡" : `\\u{${code.toString(16)}}`;
}

/**
 * Latin, punctuation, arrows, box drawing, block elements and Braille, as the inside of a character class: one cell each in
 * every terminal. Text of these is not segmented into graphemes, which takes a quarter of a millisecond a line.
 */
export const narrowCharacters =
    " -~\\u00a1-\\u00ac\\u00ae-\\u02ff\\u2010-\\u2027\\u2190-\\u21ff\\u2200-\\u22ff\\u2423\\u2500-\\u259f\\u25b2-\\u25cf\\u2713\\u2717\\u2800-\\u28ff";
const narrow = new RegExp(`^[${narrowCharacters}]*$`);

/** How many terminal cells the text takes. */
export function widthOf(text: string): number {
    if (narrow.test(text)) {
        return text.length;
    }
    let width = 0;
    for (const stretch of stretchesOf(text)) {
        width += stringWidth(stretch.join(""));
    }
    return width;
}

/** The cache is emptied at this size: more different glyphs than a screen shows at a time. */
const maxKnownWidths = 5_000;
const knownWidths = new Map<string, number>();

/** How many terminal cells a grapheme takes. Cached, because measuring takes a hundredth of a millisecond and long texts have many. */
export function widthOfGrapheme(grapheme: string): number {
    if (narrow.test(grapheme)) {
        return grapheme.length;
    }
    let width = knownWidths.get(grapheme);
    if (width === undefined) {
        width = stringWidth(grapheme);
        if (knownWidths.size >= maxKnownWidths) {
            knownWidths.clear();
        }
        knownWidths.set(grapheme, width);
    }
    return width;
}

const graphemes = new Intl.Segmenter();
/** In UTF-16 units. Text is segmented in stretches, because the time grows with the square of the length. */
const longestStretch = 500;

/** The graphemes of a text of any length, stretch by stretch. A grapheme longer than a stretch is cut. */
function* stretchesOf(text: string): Generator<readonly string[]> {
    for (let start = 0; start < text.length;) {
        const end = start + longestStretch;
        const found = Array.from(graphemes.segment(text.slice(start, end)), ({ segment }) => segment);
        // The last grapheme may continue after the stretch.
        const whole = end >= text.length || found.length === 1 ? found : found.slice(0, -1);
        yield whole;
        start += whole.join("").length;
    }
}

/** The graphemes of a text of any length. */
export function graphemesOf(text: string): readonly string[] {
    return [...stretchesOf(text)].flat();
}

/**
 * Cuts text into pieces of at most `width` cells, the first of at most `firstWidth`, which may leave it empty. A glyph wider
 * than `width` is its own piece.
 */
export function cutByWidth(
    text: string,
    width: number,
    firstWidth = width,
): readonly { readonly text: string; readonly width: number }[] {
    if (narrow.test(text)) {
        return cutNarrow(text, Math.max(1, width), firstWidth < width ? firstWidth : Math.max(1, firstWidth));
    }
    const pieces: { text: string; width: number }[] = [];
    let room = firstWidth;
    let piece = { text: "", width: 0 };
    for (const stretch of stretchesOf(text)) {
        for (const grapheme of stretch) {
            const taken = widthOfGrapheme(grapheme);
            if (piece.width + taken > room && (piece.text !== "" || room < width)) {
                pieces.push(piece);
                piece = { text: "", width: 0 };
                room = width;
            }
            piece = { text: piece.text + grapheme, width: piece.width + taken };
        }
    }
    return [...pieces, piece];
}

/** As `cutByWidth`, where each UTF-16 unit takes one cell. */
function cutNarrow(text: string, width: number, firstWidth: number): ReturnType<typeof cutByWidth> {
    const pieces = [text.slice(0, firstWidth)];
    for (let start = firstWidth; start < text.length; start += width) {
        pieces.push(text.slice(start, start + width));
    }
    return pieces.map((piece) => ({ text: piece, width: piece.length }));
}

/** At most `maxWidth` terminal cells of the text, with `…` in place of what was cut. */
export function cutToWidth(text: string, maxWidth: number): string {
    if (maxWidth <= 0) {
        return "";
    }
    // A cell may hold megabytes: measure only what could fit.
    const start = text.length > maxWidth * 20 ? text.slice(0, maxWidth * 20) : text;
    if (narrow.test(start)) {
        return text.length <= maxWidth ? text : `${start.slice(0, maxWidth - 1)}…`;
    }
    if (start === text && widthOf(text) <= maxWidth) {
        return text;
    }
    let result = "";
    let width = 0;
    for (const { segment } of graphemes.segment(start)) {
        width += widthOfGrapheme(segment);
        if (width > maxWidth - 1) {
            break;
        }
        result += segment;
    }
    return `${result}…`;
}
