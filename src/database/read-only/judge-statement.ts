import type { Connection } from "../connection.js";
import { makeStatementError, type StatementError } from "../errors.js";
import { findUnknownOrNull, type Unknown } from "./find-unknown.js";
import { findSelectOrNull, listMentions } from "./mentions.js";
import { loadParser, parseStatements, tooDeep, UnreadableSqlError } from "./parser.js";

/** The error for a statement that must not be run; null if everything that it can reach is known to only read. */
export async function judgeStatement(connection: Connection, sql: string): Promise<StatementError | null> {
    await loadParser();
    try {
        const statements = parseStatements(sql);
        const [statement] = statements;
        if (statement === undefined || statements.length > 1) {
            return refuse(sql, "one statement at a time can be run here", null);
        }
        const select = findSelectOrNull(statement);
        const unknown = select === null ? null : await findUnknownOrNull(connection, listMentions(select));
        return unknown === null ? null : refuse(sql, describe(unknown), placeOf(sql, unknown.byte));
    } catch (error) {
        if (error instanceof UnreadableSqlError) {
            return refuse(sql, error.message, error.position, error.isSyntax);
        }
        if (error instanceof RangeError) {
            return refuse(sql, tooDeep, null);
        }
        throw error;
    }
}

function describe({ message, path }: Unknown): string {
    return path.length === 0 ? message : `${message}; it is reached through ${path.join(", ")}`;
}

/** @param byte an offset in UTF-8, from 0 */
function placeOf(sql: string, byte: number | null): number | null {
    return byte === null ? null : Array.from(Buffer.from(sql).toString("utf8", 0, byte)).length + 1;
}

/** @param position in characters from 1; null when the refusal concerns no particular place */
function refuse(sql: string, message: string, position: number | null, isSyntax = false): StatementError {
    return makeStatementError(sql, {
        // syntax_error, read_only_sql_transaction
        sqlState: isSyntax ? "42601" : "25006",
        message,
        hint: isSyntax
            ? "stardeck reads statements as PostgreSQL 18 does."
            : "Nothing was run. What may change anything is for psql.",
        ...(position === null ? {} : { position }),
    });
}
