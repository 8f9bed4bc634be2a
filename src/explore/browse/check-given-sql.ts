import { conditionHint, countCharacters, makeSyntaxError, statementHint, withoutEnd } from "../given-sql.js";
import { tokenizeSql, type SqlToken } from "./sql-tokens.js";

const closers: Readonly<Record<string, string>> = { "(": ")", "[": "]" };

/**
 * The statement without its end, if it is one that can stand in brackets. Whether it reads is for the server to say.
 *
 * @throws StatementError placed in it
 */
export function checkStatement(given: string): string {
    const sql = withoutEnd(given);
    checkBrackets(sql, statementHint);
    return sql;
}

/**
 * The condition, if it is one expression: text that closed our bracket would turn into another statement.
 *
 * @throws StatementError placed in it
 */
export function checkCondition(given: string): string {
    checkBrackets(given, conditionHint);
    return given;
}

function checkBrackets(sql: string, hint: string): void {
    const awaited: string[] = [];
    const refuse = (message: string, { start }: SqlToken): never => {
        throw makeSyntaxError(message, sql, countCharacters(sql.slice(0, start)) + 1, hint);
    };
    const meaningful = tokenizeSql(sql).filter(
        ({ kind, isClosed }) => !isClosed || !["blank", "comment"].includes(kind),
    );
    for (const token of meaningful) {
        const { kind, text, isClosed } = token;
        if (!isClosed) {
            refuse(`unterminated ${kind}`, token);
        } else if (kind === "parameter") {
            refuse(`there is no parameter ${text}`, token);
        } else if (kind === "symbol" && text === ";") {
            refuse('syntax error at or near ";"', token);
        } else if (kind === "symbol" && /^[()[\]]$/.test(text)) {
            const closer = closers[text];
            if (closer !== undefined) {
                awaited.push(closer);
            } else if (awaited.pop() !== text) {
                refuse(`syntax error at or near "${text}"`, token);
            }
        }
    }
    if (awaited.length > 0 || meaningful.length === 0) {
        throw makeSyntaxError("syntax error at end of input", sql, countCharacters(sql) + 1, hint);
    }
}
