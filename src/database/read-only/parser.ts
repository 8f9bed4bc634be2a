import type * as library from "libpg-query";

type Parser = typeof library;

let loaded: Parser | null = null;

/** SQL that PostgreSQL's parser or the guard cannot read, and that must not be run. */
export class UnreadableSqlError extends Error {
    constructor(
        message: string,
        /** In characters from 1; null when no particular place is wrong. */
        readonly position: number | null = null,
        /** True for a syntax error of PostgreSQL's parser. */
        readonly isSyntax = false,
    ) {
        super(message);
    }
}

/** A statement, or a part of one, that does more than read. */
export class RefusedStatementError extends UnreadableSqlError {
    constructor(
        /** `REINDEX` */
        readonly statementTitle: string,
    ) {
        super(`${statementTitle} is refused: here everything is read only`);
    }
}

export const tooDeep = "the statement is nested too deeply to be judged";

/** A node of a parse tree as JSON, with the names of PostgreSQL's own structures: https://github.com/pganalyze/libpg_query */
export type TreeNode = Readonly<Record<string, unknown>>;

/** Loads PostgreSQL's parser once. That takes about 60 ms, so call it only when a statement has to be parsed. */
export async function loadParser(): Promise<void> {
    const parser = loaded ?? (await import("libpg-query"));
    await parser.loadModule();
    loaded = parser;
}

/**
 * The statements in a text, as PostgreSQL's parser reads them.
 *
 * @throws UnreadableSqlError
 */
export function parseStatements(sql: string): readonly TreeNode[] {
    const { stmts = [] } = parse(sql, (parser) => parser.parseSync(sql)) as {
        readonly stmts?: readonly { readonly stmt?: TreeNode }[];
    };
    return stmts.map(({ stmt = {} }) => stmt);
}

/**
 * The parse tree of a function in PL/pgSQL.
 *
 * @param definition the whole CREATE FUNCTION
 * @throws UnreadableSqlError
 */
export function parsePlpgsql(definition: string): unknown {
    return parse(definition, (parser) => parser.parsePlPgSQLSync(definition));
}

const mostComments = 1000;
const longOperator = /[-+*/<>=~!@#%^&|`?]{500}/;

function parse(sql: string, read: (parser: Parser) => unknown): unknown {
    if (loaded === null) {
        throw new Error("PostgreSQL's parser is used before it is loaded");
    }
    const parser = loaded;
    // The parser is written in C and would stop reading at a zero character.
    if (sql.includes("\0")) {
        throw new UnreadableSqlError("a zero character cannot be read");
    }
    // The parser's time grows with the square of their number, and it cannot be interrupted.
    if ((sql.match(/\/\*/g) ?? []).length > mostComments || longOperator.test(sql)) {
        throw new UnreadableSqlError("the statement has too many comments, or signs in a row, to be judged");
    }
    try {
        return read(parser);
    } catch (error) {
        if (parser.hasSqlDetails(error)) {
            const { message, cursorPosition } = error.sqlDetails ?? { message: error.message, cursorPosition: -1 };
            throw new UnreadableSqlError(message, cursorPosition >= 0 ? cursorPosition + 1 : null, true);
        }
        if (error instanceof RangeError) {
            throw new UnreadableSqlError(tooDeep);
        }
        throw new UnreadableSqlError(error instanceof Error ? error.message : String(error));
    }
}
