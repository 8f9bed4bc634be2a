import type { Knex } from "knex";
import type { ClientBase } from "pg";
import { sendCopy } from "../database/copy-in.js";
import { wrapStatementError } from "../database/errors.js";
import type { CopyTarget } from "./queryable.js";

interface PgResult {
    readonly rows?: never[];
    readonly rowCount?: number | null;
}

/** Wraps a Knex connection as a `CopyTarget`. For several statements in one text, it returns the rows of the last. */
export function queryOf(knex: Knex): CopyTarget {
    return {
        query: async (sql, parameters) => {
            const { text, bindings } = forKnex(sql, parameters);
            try {
                // The caller's type parameter gives the type of the rows.
                const result = await knex.raw<PgResult | PgResult[]>(text, bindings);
                const { rows = [], rowCount } = (Array.isArray(result) ? result.at(-1) : result) ?? {};
                return { rows, rowCount: rowCount ?? 0 };
            } catch (error) {
                throw wrapStatementError(withoutSql(error, sql), sql, "the database");
            }
        },
        copyIn: async (sql, rows) => {
            // In a transaction, Knex returns its one connection, so it needs no release.
            const client = knex.client as { acquireConnection(): Promise<ClientBase> };
            await sendCopy(await client.acquireConnection(), sql, rows, "the database");
        },
    };
}

/** Converts `$1` parameters to Knex's question marks. */
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

/** Removes the statement that Knex puts before PostgreSQL's message. */
function withoutSql(error: unknown, sql: string): unknown {
    if (error instanceof Error && error.message.startsWith(`${sql} - `)) {
        error.message = error.message.slice(sql.length + 3);
    }
    return error;
}
