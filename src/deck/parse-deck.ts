import { Lexer, type Token, type Tokens } from "marked";
import { parseFence } from "./parse-block.js";
import { parseSpans } from "./parse-spans.js";
import { textOf, type ColumnAlign, type Place, type Slide, type SlideNode, type Span } from "./slide.js";

/**
 * The slides of one file: Markdown with live blocks, several slides separated by lines of `---`.
 * Never throws: what is wrong becomes a part of its slide that says so.
 */
export function parseSlides(file: string, text: string): readonly Slide[] {
    return splitSlides(text.replace(/^\ufeff/, "").replaceAll(/\r\n?/g, "\n")).map(({ line, lines }) =>
        parseSlide({ file, line }, lines.join("\n")),
    );
}

interface Part {
    /** Of its first line, from 1. */
    readonly line: number;
    readonly lines: readonly string[];
}

/** Where a line of `---` stands inside a fence it is the fence's. Parts without anything are no slides. */
function splitSlides(text: string): readonly Part[] {
    const parts: { line: number; lines: string[] }[] = [{ line: 1, lines: [] }];
    let fence = "";
    text.split("\n").forEach((line, index) => {
        const [, marks = "", rest = ""] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
        if (fence === "") {
            // An opening fence of backticks has none behind them.
            fence = marks.startsWith("`") && rest.includes("`") ? "" : marks;
        } else if (marks.startsWith(fence) && rest.trim() === "") {
            fence = "";
        }
        if (fence === "" && /^-{3,}\s*$/.test(line)) {
            parts.push({ line: index + 2, lines: [] });
        } else {
            parts.at(-1)?.lines.push(line);
        }
    });
    return parts.filter(({ lines }) => lines.some((line) => line.trim() !== ""));
}

function parseSlide(place: Place, markdown: string): Slide {
    const notes: string[] = [];
    const nodes = lex(markdown).flatMap(({ token, line }) =>
        parseNodes(token, { file: place.file, line: place.line + line }, notes),
    );
    const [first] = nodes;
    const heading = first?.kind === "heading" ? { level: first.level, spans: first.spans } : null;
    return {
        title: findTitle(nodes, place.file),
        heading,
        nodes: heading === null ? nodes : nodes.slice(1),
        notes: notes.join("\n\n"),
        place: { file: place.file, line: place.line + countBlankLines(markdown) },
    };
}

/** The tokens of a text, each with the line on which it begins, from 0. */
function lex(markdown: string): readonly { readonly token: Token; readonly line: number }[] {
    let line = 0;
    return new Lexer({ gfm: true }).lex(markdown).map((token) => {
        const place = { token, line };
        line += token.raw.split("\n").length - 1;
        return place;
    });
}

function countBlankLines(text: string): number {
    const first = text.split("\n").findIndex((line) => line.trim() !== "");
    return Math.max(0, first);
}

function findTitle(nodes: readonly SlideNode[], file: string): string {
    const heading = nodes.find((node) => node.kind === "heading");
    const paragraph = nodes.find((node) => node.kind === "paragraph");
    const title = [heading, paragraph].flatMap((node) => (node === undefined ? [] : [textOf(node.spans).trim()]));
    return title.find((text) => text !== "") ?? file.replace(/\.[^.]+$/, "");
}

/** @param notes where speaker notes go, which are no part of what is shown */
function parseNodes(token: Token, place: Place, notes: string[]): readonly SlideNode[] {
    switch (token.type) {
        case "heading":
            return [{ kind: "heading", level: (token as Tokens.Heading).depth, spans: parseSpans(token.tokens) }];
        case "paragraph":
        case "text":
            return [{ kind: "paragraph", spans: parseSpans(token.tokens ?? [token]) }];
        case "list":
            return [parseList(token as Tokens.List, place, notes)];
        case "blockquote":
            return [{ kind: "quote", nodes: parseInner(token.tokens, place, notes) }];
        case "code":
            return parseCode(token as Tokens.Code, place, notes);
        case "table":
            return [parseTable(token as Tokens.Table)];
        case "hr":
            return [{ kind: "rule" }];
        case "html":
            return parseHtml(token.raw, notes);
        default:
            // Blank lines and definitions of links.
            return [];
    }
}

/** Parts of a list or a quote, whose lines cannot be told apart any more: they have the place of the whole. */
function parseInner(tokens: readonly Token[] | undefined, place: Place, notes: string[]): readonly SlideNode[] {
    return (tokens ?? []).flatMap((token) =>
        parseNodes(token, place, notes).map((node): SlideNode => {
            if (node.kind !== "block") {
                return node;
            }
            return {
                kind: "wrong",
                message: `A ${node.block.kind} block cannot stand in a list or a quote.`,
                hint: "Begin its fence at the left margin.",
                place,
                text: token.raw,
            };
        }),
    );
}

function parseList({ ordered, start, items }: Tokens.List, place: Place, notes: string[]): SlideNode {
    return {
        kind: "list",
        start: ordered ? Number(start) || 1 : null,
        items: items.map(({ tokens, task, checked }) => {
            const nodes = parseInner(tokens, place, notes);
            return task ? addMark(checked === true ? "[x] " : "[ ] ", nodes) : nodes;
        }),
    };
}

/** What is done and what is not, in front of the item's first paragraph. */
function addMark(text: string, nodes: readonly SlideNode[]): readonly SlideNode[] {
    const [first, ...others] = nodes;
    const mark: Span = { text, isStrong: false, isEmphasis: false, isCode: true, href: null };
    return first?.kind === "paragraph"
        ? [{ ...first, spans: [mark, ...first.spans] }, ...others]
        : [{ kind: "paragraph", spans: [mark] }, ...nodes];
}

function parseTable({ header, rows }: Tokens.Table): SlideNode {
    return {
        kind: "table",
        aligns: header.map(({ align }): ColumnAlign => align ?? "left"),
        head: header.map(({ tokens }) => parseSpans(tokens)),
        rows: rows.map((cells) => cells.map(({ tokens }) => parseSpans(tokens))),
    };
}

function parseCode({ lang = "", text, raw }: Tokens.Code, place: Place, notes: string[]): readonly SlideNode[] {
    const fence = parseFence({ info: lang, body: text });
    switch (fence.kind) {
        case "notes":
            notes.push(text.trim());
            return [];
        case "code":
            return [{ kind: "code", language: fence.language, text }];
        case "block":
            return [{ kind: "block", block: fence.block, place }];
        case "wrong": {
            const { message, hint, line } = fence;
            return [{ kind: "wrong", message, hint, place: { file: place.file, line: place.line + line }, text: raw }];
        }
    }
}

/** Comments are speaker notes; other HTML is shown as it was written. */
function parseHtml(raw: string, notes: string[]): readonly SlideNode[] {
    for (const [, note = ""] of raw.matchAll(/<!--([^]*?)(?:-->|$)/g)) {
        notes.push(note.trim());
    }
    const text = raw.replaceAll(/<!--[^]*?(?:-->|$)/g, "").trim();
    return text === "" ? [] : [{ kind: "code", language: "html", text }];
}
