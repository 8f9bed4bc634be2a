import type * as library from "libpg-query";

type Parser = typeof library;

let loaded: Parser | null = null;

/** A place in SQL that PostgreSQL's parser, or the guard, does not read: it must not be run. */
export class UnreadableSqlError extends Error {
    constructor(
        message: string,
        /** Counted in characters from 1; null for no place in particular. */
        readonly position: number | null = null,
        /** PostgreSQL's parser cannot read it. */
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

/** A node of a parse tree as JSON: https://github.com/pganalyze/libpg_query gives the names of PostgreSQL's own structures. */
export type TreeNode = Readonly<Record<string, unknown>>;

/** Loads PostgreSQL's parser, which is the work of some 60 ms, once; not before a statement has to be read. */
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
 * The parts of a function in PL/pgSQL.
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
    // The parser is written in C and would stop there.
    if (sql.includes("\0")) {
        throw new UnreadableSqlError("a zero character cannot be read");
    }
    // Each costs the parser the square of its count, and it cannot be stopped.
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
