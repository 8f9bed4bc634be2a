import { Lexer, type Token, type Tokens } from "marked";
import { parseFence } from "./parse-block.js";
import { parseSpans } from "./parse-spans.js";
import { textOf, type ColumnAlign, type Place, type Slide, type SlideNode, type Span } from "./slide.js";

/**
 * The slides of one file: Markdown with live blocks, with lines of `---` between slides. A longer line of dashes directly below a
 * line of text underlines a heading, as in any Markdown. YAML front matter at the start is skipped.
 * Never throws: a mistake becomes a part of its slide that describes it.
 */
export function parseSlides(file: string, text: string): readonly Slide[] {
    return splitSlides(text.replace(/^\ufeff/, "").replaceAll(/\r\n?/g, "\n")).map(({ line, lines, textLength }) =>
        parseSlide({ file, line }, lines.join("\n"), textLength),
    );
}

interface Part {
    /** The number of its first line, from 1. */
    readonly line: number;
    readonly lines: readonly string[];
    /** Characters outside of fences. */
    readonly textLength: number;
}

/** Splits at lines of `---`, except inside fences. Empty parts are not slides. */
function splitSlides(text: string): readonly Part[] {
    const parts: { line: number; lines: string[]; textLength: number }[] = [{ line: 1, lines: [], textLength: 0 }];
    let fence = "";
    let before = "";
    const frontMatter = countFrontMatterLines(text);
    text.split("\n").forEach((line, index) => {
        if (index < frontMatter) {
            parts.at(-1)?.lines.push("");
            return;
        }
        const [, marks = "", rest = ""] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
        if (fence === "") {
            // The info string of a backtick fence must not contain backticks.
            fence = marks.startsWith("`") && rest.includes("`") ? "" : marks;
        } else if (marks.startsWith(fence) && rest.trim() === "") {
            fence = "";
        }
        if (fence === "" && /^-{3,}[ \t]*$/.test(line) && !(isUnderline(line) && isParagraph(before))) {
            parts.push({ line: index + 2, lines: [], textLength: 0 });
            before = "";
        } else {
            const part = parts.at(-1);
            part?.lines.push(line);
            if (part !== undefined && fence === "") {
                part.textLength += line.length + 1;
            }
            // Neither the closing line of a fence nor an underline is text.
            before = fence !== "" || marks !== "" || /^(-+|=+)[ \t]*$/.test(line) ? "" : line;
        }
    });
    return parts.filter(({ lines }) => lines.some((line) => line.trim() !== ""));
}

/** Whether dashes can underline a heading: exactly three always separate slides, even directly below text. */
function isUnderline(line: string): boolean {
    return line.trimEnd().length > 3;
}

/** Whether the line is text, not a heading, quote, list, table, comment or indented code. */
function isParagraph(line: string): boolean {
    return !/^\s|^$|^(#{1,6}(\s|$)|>|\||<|[-+*]\s|\d{1,9}[.)]\s)|\|[ \t]*$|-->[ \t]*$/.test(line);
}

/** How many lines at the start are `---`, lines of YAML and `---`: https://jekyllrb.com/docs/front-matter/ */
function countFrontMatterLines(text: string): number {
    const lines = text.split("\n");
    const end = lines.findIndex((line, index) => index > 0 && /^(---|\.\.\.)[ \t]*$/.test(line));
    if (!/^---[ \t]*$/.test(lines[0] ?? "") || end < 0) {
        return 0;
    }
    const inside = lines.slice(1, end);
    const isYaml =
        inside.every((line) => /^([\w"'-][^:]*:(\s|$)|\s|-\s|#|$)/.test(line)) &&
        inside.some((line) => /^[\w"'-][^:]*:(\s|$)/.test(line));
    return isYaml ? end + 1 : 0;
}

/** A longer slide cannot be read, and the parser takes quadratic time for some texts. */
const maxCharacters = 40_000;
/** Limit for the characters outside of code blocks. */
const maxTextCharacters = 8000;
/** Limit for the emphasis marks of one paragraph. */
const maxEmphasisMarks = 300;
/** Limit for quotes and lists nested in one another. */
const maxDepth = 20;

class SlideProblem extends Error {
    constructor(
        message: string,
        readonly hint: string,
    ) {
        super(message);
    }
}

function parseSlide(place: Place, markdown: string, textLength: number): Slide {
    try {
        checkSize(markdown, textLength);
        return readSlide(place, markdown);
    } catch (error) {
        const problem = error instanceof RangeError ? makeTooDeep() : error;
        if (!(problem instanceof SlideProblem)) {
            throw error;
        }
        const { message, hint } = problem;
        return {
            title: place.file,
            heading: null,
            nodes: [{ kind: "wrong", message, hint, place, text: "" }],
            notes: "",
            place,
        };
    }
}

/** Checks the text before it is parsed. */
function checkSize(markdown: string, textLength: number): void {
    checkTextLength(textLength);
    if (markdown.length > maxCharacters) {
        throw new SlideProblem(
            `This slide has ${markdown.length} characters.`,
            `Split it: a slide has at most ${maxCharacters}.`,
        );
    }
    for (const line of markdown.split("\n")) {
        const [marks = ""] = /^(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t])))+/.exec(line) ?? [];
        // A line such as `- - -` is a rule and not nested lists.
        if ((marks.match(/>|[-+*]|\d+/g) ?? []).length > maxDepth && /[^-* \t]/.test(line)) {
            throw makeTooDeep();
        }
    }
}

function checkTextLength(textLength: number): void {
    if (textLength > maxTextCharacters) {
        throw new SlideProblem(
            `This slide has ${textLength} characters outside of code blocks.`,
            `Split it: a slide has at most ${maxTextCharacters}.`,
        );
    }
}

/** For each mark the parser searches the whole rest of the text for its partner. */
function checkEmphasis(paragraph: string): void {
    const count = (paragraph.match(/[*_~]+/g) ?? []).length;
    if (count > maxEmphasisMarks) {
        throw new SlideProblem(
            `This slide has a paragraph with ${count} marks of emphasis (*, _ and ~).`,
            `Put literal marks between backquotes: at most ${maxEmphasisMarks} may be in one paragraph.`,
        );
    }
}

function makeTooDeep(): SlideProblem {
    return new SlideProblem(
        "This slide has quotes or lists that are nested too deeply.",
        `Take some of them out: at most ${maxDepth} may be in one another.`,
    );
}

/** @throws SlideProblem or RangeError for a text that is too expensive to parse */
function readSlide(place: Place, markdown: string): Slide {
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
    const lexer = new Lexer({ gfm: true });
    lexer.blockTokens(markdown, lexer.tokens);
    // Only the parser knows for certain what is text: in a comment, for example, a fence is no fence.
    checkTextLength(lexer.inlineQueue.reduce((length, { src }) => length + src.length, 0));
    for (const { src, tokens } of lexer.inlineQueue) {
        checkEmphasis(src);
        lexer.inlineTokens(src, tokens);
    }
    return lexer.tokens.map((token) => {
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

/** @param notes collects the speaker notes, which are not shown on the slide */
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
            // Blank lines and link definitions.
            return [];
    }
}

/** Parts of a list or a quote. Their own lines are not known, so they have the place of the whole. */
function parseInner(tokens: readonly Token[] | undefined, place: Place, notes: string[]): readonly SlideNode[] {
    return (tokens ?? []).flatMap((token) =>
        parseNodes(token, place, notes).map((node): SlideNode => {
            if (node.kind !== "block") {
                return node;
            }
            return {
                kind: "wrong",
                message: `A ${node.block.kind} block cannot be in a list or a quote.`,
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

/** Puts the mark of a task, done or not, in front of the item's first paragraph. */
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
