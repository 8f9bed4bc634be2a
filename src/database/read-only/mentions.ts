import { tokenizeSql, type SqlToken } from "../../sql/sql-tokens.js";

/** The names in a piece of SQL, as PostgreSQL reads them: what may lead to a function that is called. */
export interface Mentions {
    /** Every name, quoted or not. */
    readonly names: ReadonlySet<string>;
    /** Names with a bracket behind them: functions. */
    readonly calls: ReadonlySet<string>;
    /** Names behind a dot and without a bracket: `row.name` may be `name(row)`. */
    readonly attributes: ReadonlySet<string>;
    /** Signs that stand together: an operator, or several. */
    readonly operators: ReadonlySet<string>;
}

/** A place in SQL that cannot be judged, and so must not be run. */
export class UnreadableSqlError extends Error {
    constructor(
        message: string,
        /** Counted as JavaScript does, from 0. */
        readonly start: number,
    ) {
        super(message);
    }
}

/** PostgreSQL cuts names off behind so many bytes. */
const nameBytes = 63;

/** @throws UnreadableSqlError */
export function listMentions(sql: string): Mentions {
    const tokens = listMeaningful(sql);
    const names = new Set<string>();
    const calls = new Set<string>();
    const attributes = new Set<string>();
    for (const [place, token] of tokens.entries()) {
        for (const name of readNames(token)) {
            names.add(name);
            if (tokens[place + 1]?.text === "(") {
                calls.add(name);
            } else if (tokens[place - 1]?.text === ".") {
                attributes.add(name);
            }
        }
    }
    return { names, calls, attributes, operators: listOperators(sql) };
}

export function uniteMentions(all: readonly Mentions[]): Mentions {
    const unite = (key: keyof Mentions): ReadonlySet<string> => new Set(all.flatMap((each) => [...each[key]]));
    return {
        names: unite("names"),
        calls: unite("calls"),
        attributes: unite("attributes"),
        operators: unite("operators"),
    };
}

/** Where a name stands first in the text, counted as JavaScript does; null if it does not. */
export function findMentionOrNull(sql: string, name: string): number | null {
    return listMeaningful(sql).find((token) => readNames(token).includes(name))?.start ?? null;
}

/** The words of the text in lower case that are not quoted: keywords among them. */
export function listWords(sql: string): readonly string[] {
    return listMeaningful(sql).flatMap(({ kind, text }) => (kind === "word" ? [text.toLowerCase()] : []));
}

/** All but white space and comments. */
function listMeaningful(sql: string): readonly SqlToken[] {
    return tokenizeSql(sql).filter(({ kind, isClosed, start }) => {
        if (!isClosed) {
            throw new UnreadableSqlError(`unterminated ${kind}`, start);
        }
        return kind !== "blank" && kind !== "comment";
    });
}

/** The names that PostgreSQL may take a token for; none for what is no name. */
function readNames({ kind, text, start }: SqlToken): readonly string[] {
    if (kind === "quoted name") {
        if (/^u/i.test(text)) {
            throw new UnreadableSqlError("names with Unicode escapes are not read here", start);
        }
        return [cutName(text.slice(1, -1).replaceAll('""', '"'))];
    }
    // In which letters other than a-z are made small depends on the database's encoding.
    return kind === "word" ? [cutName(text.replaceAll(/[A-Z]/g, toLower)), cutName(text.toLowerCase())] : [];
}

function toLower(letter: string): string {
    return letter.toLowerCase();
}

function cutName(name: string): string {
    const bytes = Buffer.from(name);
    let end = Math.min(bytes.length, nameBytes);
    // Not in the middle of a character.
    while (end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) {
        end--;
    }
    return bytes.toString("utf8", 0, end);
}

function listOperators(sql: string): ReadonlySet<string> {
    const operators: string[] = [];
    let end = -1;
    for (const { kind, text, start } of tokenizeSql(sql)) {
        if (kind === "symbol" && /^[-+*/<>=~!@#%^&|`?]$/.test(text)) {
            operators.push(start === end ? `${operators.pop() ?? ""}${text}` : text);
            end = start + 1;
        }
    }
    return new Set(operators);
}
