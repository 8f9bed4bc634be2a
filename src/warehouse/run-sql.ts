import type { Knex } from "knex";
import { wrapStatementError } from "../database/errors.js";
import type { Queryable } from "./queryable.js";

/**
 * Runs SQL text as it is: Knex would take a question mark for a parameter.
 *
 * @throws StatementError
 */
export async function runSql(knex: Knex, sql: string): Promise<void> {
    await queryOf(knex).query(sql);
}

/** A Knex connection as everything below `warehouse/` knows one; for SQL without parameters. */
export function queryOf(knex: Knex): Queryable {
    return {
        query: async (sql) => {
            try {
                // Whoever asks says of which type the rows are.
                const { rows = [] } = await knex.raw<{ rows?: never[] }>(sql.replaceAll("?", "\\?"));
                return { rows, rowCount: rows.length };
            } catch (error) {
                throw wrapStatementError(withoutSql(error, sql), sql, "the database");
            }
        },
    };
}

/** Knex puts the statement before PostgreSQL's message. */
function withoutSql(error: unknown, sql: string): unknown {
    if (error instanceof Error && error.message.startsWith(`${sql} - `)) {
        error.message = error.message.slice(sql.length + 3);
    }
    return error;
}
