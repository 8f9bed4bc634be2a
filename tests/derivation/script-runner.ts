import pg from "pg";
import type { Database } from "../../src/database/database.js";
import type { ScriptRunner } from "./check-mappings.js";

/** Sends all statements of a script at once, over a connection of its own. */
export async function withScriptRunner<T>(url: string, use: (runner: ScriptRunner) => Promise<T>): Promise<T> {
    const options = "-c search_path=pg_catalog,pg_temp -c client_min_messages=error -c jit=off";
    const client = new pg.Client({ connectionString: url, options });
    await client.connect();
    try {
        return await use({
            query: async (sql, parameters) => {
                const { rows, rowCount } = await client.query(sql, parameters === undefined ? [] : [...parameters]);
                return { rows, rowCount: rowCount ?? 0, fields: [] };
            },
            script: async (statements) => {
                try {
                    const text = ["begin", ...statements, "commit"].join(";\n");
                    const results = (await client.query(text)) as unknown as readonly {
                        readonly rows: readonly object[];
                    }[];
                    return results.map(({ rows }) => rows);
                } catch (error) {
                    await client.query("rollback");
                    throw error;
                }
            },
        });
    } finally {
        await client.end();
    }
}

/** Sends statement after statement, as the product does. */
export function scriptRunnerOf(database: Database): ScriptRunner {
    return {
        query: (sql, parameters) => database.query(sql, parameters),
        script: (statements) =>
            database.withTransaction(async (connection) => {
                const results: (readonly object[])[] = [];
                for (const statement of statements) {
                    results.push((await connection.query(statement)).rows);
                }
                return results;
            }),
    };
}
