/** The kind of a token; `blank` is white space. */
export type SqlTokenKind = "word" | "quoted name" | "string" | "number" | "parameter" | "comment" | "blank" | "symbol";

export interface SqlToken {
    readonly kind: SqlTokenKind;
    readonly text: string;
    /** Where the token begins in the text, in UTF-16 units. */
    readonly start: number;
    /** False for an unfinished string, quoted name or comment. */
    readonly isClosed: boolean;
}

// PostgreSQL's lexical rules: https://www.postgresql.org/docs/current/sql-syntax-lexical.html
const escapedText = String.raw`(?:[^'\\]|\\[\s\S]|'')*`;
// A string may continue on the next line: the continuation of E'…' has escapes as well.
const nextLine = String.raw`[ \t\f\v]*(?:--[^\r\n]*)?[\r\n](?:[ \t\r\n\f\v]|--[^\r\n]*[\r\n])*`;
const escapeString = `[eE]'${escapedText}(?:'${nextLine}'${escapedText})*`;
const closedEscapeString = new RegExp(`^${escapeString}'$`);

const patterns: readonly (readonly [SqlTokenKind, RegExp])[] = [
    ["blank", /[ \t\r\n\f\v]+/y],
    ["comment", /--[^\r\n]*/y],
    ["string", new RegExp(`${escapeString}(?:'|$)`, "y")],
    ["string", /(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*(?:'|$)/y],
    ["quoted name", /(?:[uU]&)?"(?:[^"]|"")*(?:"|$)/y],
    ["parameter", /\$\d+/y],
    ["word", /[a-zA-Z_\u{80}-\u{10ffff}][a-zA-Z0-9_$\u{80}-\u{10ffff}]*/uy],
    ["number", /(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y],
];

/** Splits SQL text into tokens, which joined together give the text again. */
export function tokenizeSql(sql: string): readonly SqlToken[] {
    const tokens: SqlToken[] = [];
    for (let start = 0; start < sql.length;) {
        const token = readComment(sql, start) ?? readDollarString(sql, start) ?? readPattern(sql, start);
        tokens.push(token);
        start += token.text.length;
    }
    return tokens;
}

/** Only symbols begin with one of these characters. */
const symbols = "()[]{},;:+*<>=~!@#%^|?`\\";

function readPattern(sql: string, start: number): SqlToken {
    const sign = sql.charAt(start);
    if (symbols.includes(sign)) {
        return { kind: "symbol", text: sign, start, isClosed: true };
    }
    for (const [kind, pattern] of patterns) {
        pattern.lastIndex = start;
        const text = pattern.exec(sql)?.[0];
        if (text !== undefined && text !== "") {
            return { kind, text, start, isClosed: isClosed(kind, text) };
        }
    }
    const text = String.fromCodePoint(sql.codePointAt(start) ?? 0);
    return { kind: "symbol", text, start, isClosed: true };
}

function isClosed(kind: SqlTokenKind, text: string): boolean {
    if (kind === "quoted name") {
        return /^[^"]*"(?:[^"]|"")*"$/.test(text);
    }
    if (kind === "string") {
        return /^e/i.test(text) ? closedEscapeString.test(text) : /^[^']*'(?:[^']|'')*'$/.test(text);
    }
    return true;
}

/** Block comments can be nested. */
function readComment(sql: string, start: number): SqlToken | null {
    if (!sql.startsWith("/*", start)) {
        return null;
    }
    const ends = /\/\*|\*\//g;
    ends.lastIndex = start + 2;
    let depth = 1;
    for (let found = ends.exec(sql); found !== null; found = ends.exec(sql)) {
        depth += found[0] === "/*" ? 1 : -1;
        if (depth === 0) {
            return { kind: "comment", text: sql.slice(start, ends.lastIndex), start, isClosed: true };
        }
    }
    return { kind: "comment", text: sql.slice(start), start, isClosed: false };
}

const openingTag = /\$(?:[a-zA-Z_\u{80}-\u{10ffff}][a-zA-Z0-9_\u{80}-\u{10ffff}]*)?\$/uy;

/** `$$ … $$` or `$tag$ … $tag$`. A dollar within a name does not begin one, because the name is read first, as one word. */
function readDollarString(sql: string, start: number): SqlToken | null {
    if (sql.charAt(start) !== "$") {
        return null;
    }
    openingTag.lastIndex = start;
    const tag = openingTag.exec(sql)?.[0];
    if (tag === undefined) {
        return null;
    }
    const end = sql.indexOf(tag, start + tag.length);
    const text = end === -1 ? sql.slice(start) : sql.slice(start, end + tag.length);
    return { kind: "string", text, start, isClosed: end !== -1 };
}
