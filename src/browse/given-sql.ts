import { DatabaseError } from "pg";
import { makeStatementError, StatementError } from "../database/errors.js";
import { tokenizeSql, type SqlToken } from "../sql/sql-tokens.js";

/**
 * The one statement in a text that a person wrote: without a byte order mark, its semicolon, and blanks and comments after that.
 *
 * @throws StatementError with a position, for several statements, and for characters that look like blanks or quotes but are letters
 * to PostgreSQL
 */
export function takeStatement(given: string): { readonly sql: string; readonly tokens: readonly SqlToken[] } {
    const text = given.replace(/^\ufeff/, "");
    const all = tokenizeSql(text);
    const end = all.findLastIndex((token) => isMeaningful(token) && token.text !== ";") + 1;
    const hasSemicolon = all.slice(end).some(({ text: symbol }) => symbol === ";");
    const last = hasSemicolon ? end : all.findLastIndex(({ kind }) => kind !== "blank") + 1;
    const tokens = all.slice(0, last);
    const sql = text.slice(0, all[last]?.start ?? text.length);
    refuseLookalikes(sql, tokens, statementHint);
    refuseSeveral(sql, tokens);
    return { sql, tokens };
}

/** False for blanks and comments, except an unfinished comment, which is an error. */
export function isMeaningful({ kind, isClosed }: SqlToken): boolean {
    return !isClosed || (kind !== "blank" && kind !== "comment");
}

/** Converts an index in a text to PostgreSQL's position: in characters, from 1. */
function positionOf(sql: string, start: number): number {
    return countCharacters(sql.slice(0, start)) + 1;
}

function refuseSeveral(sql: string, tokens: readonly SqlToken[]): void {
    let depth = 0;
    let isEnded = false;
    for (const token of tokens.filter(isMeaningful)) {
        if (token.kind !== "symbol") {
            // Any token after a semicolon begins another statement.
        } else if (token.text === "(") {
            depth++;
        } else if (token.text === ")") {
            depth--;
        } else if (token.text === ";" && depth === 0) {
            isEnded = true;
            continue;
        }
        if (isEnded) {
            const message = "this begins a second statement, and one at a time can be run";
            throw makeSyntaxError(message, sql, positionOf(sql, token.start), statementHint);
        }
    }
}

const lookalikes: readonly (readonly [RegExp, string, string])[] = [
    [/\p{Z}/u, "blank", "Write an ordinary blank there."],
    [/[\u2018-\u201f]/u, "quote", `Write ' around text and " around names.`],
    [/[\u2010-\u2015\u2212]/u, "dash", "Write an ordinary - there."],
    [/(?!\p{Join_Control})\p{Default_Ignorable_Code_Point}/u, "invisible character", "Delete it."],
];

/**
 * Refuses characters that look like blanks, quotes or dashes, as in text pasted from web pages or e-mails. PostgreSQL takes them for
 * letters, and its error would name something that nobody has written. Within quotes they are data and allowed.
 *
 * @throws StatementError with a position in the text
 */
export function refuseLookalikes(sql: string, tokens: readonly SqlToken[], hint: string): void {
    for (const { kind, text, start } of tokens) {
        for (const [pattern, what, wayOut] of kind === "word" ? lookalikes : []) {
            const found = pattern.exec(text);
            if (found !== null) {
                const code = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
                throw makeSyntaxError(
                    `this ${what} (U+${code}) is part of a name to PostgreSQL`,
                    sql,
                    positionOf(sql, start + found.index),
                    `${wayOut} ${hint}`,
                );
            }
        }
    }
}

/** The hint for a text that is not one reading statement. */
export const statementHint = "Give one statement that reads: SELECT, WITH, VALUES or TABLE.";

export const conditionHint = "Give one condition, as after `where`.";

/** The length of a text in characters as PostgreSQL counts them. */
export function countCharacters(text: string): number {
    return Array.from(text).length;
}

/**
 * The error as if `given` had been sent alone.
 *
 * @param before how many characters preceded it in the statement that was sent
 * @param syntaxHint the hint for a syntax error
 */
export function placeError(error: StatementError, given: string, before: number, syntaxHint: string): StatementError {
    const { cause, position } = error;
    if (!(cause instanceof DatabaseError)) {
        return error;
    }
    const length = countCharacters(given);
    const own = position === undefined ? undefined : position - before;
    const placed = Object.assign(Object.create(DatabaseError.prototype) as DatabaseError, cause, {
        message: cause.message,
        stack: cause.stack,
        position: own === undefined ? undefined : String(Math.min(Math.max(own, 1), length + 1)),
        ...(own !== undefined && own > length ? { message: "syntax error at end of input" } : {}),
        ...(cause.code === "42601" ? { hint: syntaxHint } : {}),
    });
    return new StatementError(placed, given);
}

/** @throws StatementError at a parameter such as `$1`: PostgreSQL would use one of our own values for it */
export function refuseParameters(given: string, tokens: readonly SqlToken[]): void {
    const parameter = tokens.find(({ kind }) => kind === "parameter");
    if (parameter !== undefined) {
        throw makeStatementError(given, {
            sqlState: "42P02",
            message: `there is no parameter ${parameter.text}: parameters have no values here`,
            hint: "Write the value itself in its place.",
            position: positionOf(given, parameter.start),
        });
    }
}

/** A syntax error in PostgreSQL's form for a text that was not sent; the position is in characters from 1. */
export function makeSyntaxError(message: string, given: string, position: number, hint: string): StatementError {
    return makeStatementError(given, { sqlState: "42601", message, hint, position });
}
