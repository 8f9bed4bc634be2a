import { DatabaseError } from "pg";
import { makeStatementError, StatementError } from "../database/errors.js";

/** Without the semicolon that people end a statement with. */
export function withoutEnd(sql: string): string {
    return sql.replace(/[\s;]+$/, "");
}

/** The way out for a text that is not one reading statement. */
export const statementHint = "Give one statement that reads: SELECT, WITH, VALUES or TABLE.";

export const conditionHint = "Give one condition, as after `where`.";

/** How many characters PostgreSQL counts in the text. */
export function countCharacters(text: string): number {
    return Array.from(text).length;
}

/**
 * The error as if `given` had been sent alone.
 *
 * @param before how many characters stood before it in what was sent
 * @param syntaxHint the way out of a syntax error
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

/** What PostgreSQL would say of a text that must not be sent: a syntax error at this character, counted from 1. */
export function makeSyntaxError(message: string, given: string, position: number, hint: string): StatementError {
    return makeStatementError(given, { sqlState: "42601", message, hint, position });
}
