import type { Knex } from "knex";
import type { ClientBase } from "pg";
import { sendCopy } from "../database/copy-in.js";
import { wrapStatementError } from "../database/errors.js";
import type { CopyTarget } from "./queryable.js";

interface PgResult {
    readonly rows?: never[];
    readonly rowCount?: number | null;
}

/** A Knex connection as everything below `warehouse/` knows one. Of several statements in one text the last one's rows are given. */
export function queryOf(knex: Knex): CopyTarget {
    return {
        query: async (sql, parameters) => {
            const { text, bindings } = forKnex(sql, parameters);
            try {
                // Whoever asks says of which type the rows are.
                const result = await knex.raw<PgResult | PgResult[]>(text, bindings);
                const { rows = [], rowCount } = (Array.isArray(result) ? result.at(-1) : result) ?? {};
                return { rows, rowCount: rowCount ?? 0 };
            } catch (error) {
                throw wrapStatementError(withoutSql(error, sql), sql, "the database");
            }
        },
        copyIn: async (sql, rows) => {
            // Of a transaction this is its one connection, which stays with it.
            const client = knex.client as { acquireConnection(): Promise<ClientBase> };
            await sendCopy(await client.acquireConnection(), sql, rows, "the database");
        },
    };
}

/** Knex writes parameters as question marks. */
function forKnex(sql: string, parameters: readonly unknown[] | undefined): { text: string; bindings: Knex.Value[] } {
    const text = sql.replaceAll("?", "\\?");
    if (parameters === undefined) {
        return { text, bindings: [] };
    }
    const bindings: Knex.Value[] = [];
    return {
        text: text.replaceAll(/\$(\d+)/g, (_, number: string) => {
            bindings.push(parameters[Number(number) - 1] as Knex.Value);
            return "?";
        }),
        bindings,
    };
}

/** Knex puts the statement before PostgreSQL's message. */
function withoutSql(error: unknown, sql: string): unknown {
    if (error instanceof Error && error.message.startsWith(`${sql} - `)) {
        error.message = error.message.slice(sql.length + 3);
    }
    return error;
}
