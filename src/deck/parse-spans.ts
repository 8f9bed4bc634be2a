import type { Token, Tokens } from "marked";
import type { Span } from "./slide.js";

type Look = Omit<Span, "text">;

const plain: Look = { isStrong: false, isEmphasis: false, isCode: false, href: null };

/** The inline tokens of a paragraph, heading or cell as spans; neighbours with the same style are merged. */
export function parseSpans(tokens: readonly Token[] | undefined): readonly Span[] {
    const spans: Span[] = [];
    addTokens(tokens ?? [], plain, spans);
    return spans;
}

function addTokens(tokens: readonly Token[], look: Look, spans: Span[]): void {
    for (const token of tokens) {
        addToken(token, look, spans);
    }
}

function addToken(token: Token, look: Look, spans: Span[]): void {
    const inside = "tokens" in token ? (token.tokens ?? []) : [];
    switch (token.type) {
        case "strong":
            addTokens(inside, { ...look, isStrong: true }, spans);
            break;
        case "em":
            addTokens(inside, { ...look, isEmphasis: true }, spans);
            break;
        case "del":
            addTokens(inside, look, spans);
            break;
        case "link":
            addTokens(inside, { ...look, href: (token as Tokens.Link).href }, spans);
            break;
        case "codespan":
            addText((token as Tokens.Codespan).text, { ...look, isCode: true }, spans);
            break;
        case "br":
            addText("\n", look, spans);
            break;
        case "checkbox":
            // The list item shows it.
            break;
        case "html":
            // Tags are shown as text; inline comments are dropped.
            addText(token.raw.startsWith("<!--") ? "" : token.raw, look, spans);
            break;
        case "text":
            if (inside.length > 0) {
                addTokens(inside, look, spans);
            } else {
                // A line break of the source is a space, as in any Markdown.
                addText(decodeEntities((token as Tokens.Text).text).replaceAll(/[ \n]+/g, joinLines), look, spans);
            }
            break;
        default:
            addText("text" in token && typeof token.text === "string" ? token.text : token.raw, look, spans);
    }
}

function joinLines(blanks: string): string {
    return blanks.includes("\n") ? " " : blanks;
}

function addText(text: string, look: Look, spans: Span[]): void {
    const last = spans.at(-1);
    if (text === "") {
        return;
    }
    if (last !== undefined && isSameLook(last, look)) {
        spans[spans.length - 1] = { ...last, text: last.text + text };
    } else {
        spans.push({ text, ...look });
    }
}

function isSameLook(one: Look, other: Look): boolean {
    return (
        one.isStrong === other.isStrong &&
        one.isEmphasis === other.isEmphasis &&
        one.isCode === other.isCode &&
        one.href === other.href
    );
}

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/** Decodes entities such as `&amp;` and `&#8364;`; unknown ones stay as they are. */
function decodeEntities(text: string): string {
    return text.replaceAll(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,8}));/gi, (whole, decimal, hex, name) => {
        if (typeof name === "string") {
            return Object.hasOwn(named, name) ? (named[name] ?? whole) : whole;
        }
        const code = typeof decimal === "string" ? Number(decimal) : parseInt(String(hex), 16);
        return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    });
}
