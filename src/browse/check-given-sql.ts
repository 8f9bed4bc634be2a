import {
    conditionHint,
    countCharacters,
    makeSyntaxError,
    refuseLookalikes,
    statementHint,
    takeStatement,
} from "./given-sql.js";
import { tokenizeSql, type SqlToken } from "../sql/sql-tokens.js";

const closers: Readonly<Record<string, string>> = { "(": ")", "[": "]" };

/**
 * The statement without its semicolon, if it can be put in brackets. The server decides whether it only reads.
 *
 * @throws StatementError with a position in `given`
 */
export function checkStatement(given: string): string {
    const { sql, tokens } = takeStatement(given);
    refuseWriting(sql, tokens);
    checkBrackets(sql, tokens, statementHint);
    return sql;
}

const commands = new Set(
    `alter analyze begin call checkpoint close cluster comment commit copy create deallocate declare delete discard do drop
    end execute explain fetch grant import insert listen load lock merge move notify prepare reassign refresh reindex release
    reset revoke rollback savepoint security set show start truncate unlisten update vacuum`.split(/\s+/),
);

const readingCommands = new Set(["explain", "show", "fetch"]);

/** Refuses writing commands with a clear message: within our brackets, PostgreSQL would only report a syntax error. */
function refuseWriting(sql: string, tokens: readonly SqlToken[]): void {
    const meaningful = tokens.filter(({ kind }) => kind !== "blank" && kind !== "comment");
    meaningful.forEach((token, at) => {
        const word = token.kind === "word" ? token.text.toLowerCase() : "";
        const next = meaningful[at + 1]?.text.toLowerCase();
        const isFirst = at === 0 && commands.has(word);
        const isInside =
            meaningful[at - 1]?.text === "(" &&
            ((word === "delete" && next === "from") ||
                ((word === "insert" || word === "merge") && next === "into") ||
                (word === "update" && meaningful.slice(at + 2, at + 6).some(({ text }) => /^set$/i.test(text))));
        if (isFirst || isInside) {
            const message = readingCommands.has(word)
                ? `${word.toUpperCase()} gives no rows that can be browsed`
                : `${word.toUpperCase()} is refused: here everything is read only`;
            const hint = word === "explain" ? '`stardeck query "explain …"` shows a plan.' : statementHint;
            throw makeSyntaxError(message, sql, countCharacters(sql.slice(0, token.start)) + 1, hint);
        }
    });
}

/**
 * The condition, if its brackets match: text that closed our bracket could continue as another statement.
 *
 * @throws StatementError with a position in `given`
 */
export function checkCondition(given: string): string {
    const tokens = tokenizeSql(given);
    refuseLookalikes(given, tokens, conditionHint);
    checkBrackets(given, tokens, conditionHint);
    return given;
}

function checkBrackets(sql: string, tokens: readonly SqlToken[], hint: string): void {
    const awaited: string[] = [];
    const refuse = (message: string, { start }: SqlToken): never => {
        throw makeSyntaxError(message, sql, countCharacters(sql.slice(0, start)) + 1, hint);
    };
    const meaningful = tokens.filter(({ kind, isClosed }) => !isClosed || !["blank", "comment"].includes(kind));
    for (const token of meaningful) {
        const { kind, text, isClosed } = token;
        if (!isClosed) {
            refuse(`unterminated ${kind}`, token);
        } else if (kind === "parameter") {
            refuse(`there is no parameter ${text}: parameters have no values here`, token);
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
