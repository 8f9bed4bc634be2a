import type { Connection, QueryResult } from "../database/connection.js";
import type { Database } from "../database/database.js";

/** How a run talks to the database: each model in a transaction of its own, or all of them in one. */
export interface Session {
    query<T extends object>(sql: string, parameters?: readonly unknown[]): Promise<QueryResult<T>>;
    /**
     * Runs a transaction, or a part of one that can be undone.
     *
     * @param signal cancels its statements; when not given, the run's does
     */
    withTransaction<T>(
        use: (connection: Connection) => Promise<T>,
        readOnly: boolean,
        signal?: AbortSignal,
    ): Promise<T>;
}

/** Publishes model by model. */
export function makeSession(database: Database, runSignal: AbortSignal): Session {
    return {
        query: (sql, parameters) => database.query(sql, parameters),
        withTransaction: (use, readOnly, signal = runSignal) =>
            // One snapshot for the whole model: what counts as read is exactly what was read.
            database.withTransaction(use, { readOnly, isolation: "repeatable read", signal }),
    };
}

/** Publishes nothing on its own: everything happens in the open transaction of `connection`. */
export function makeAtomicSession(connection: Connection, runSignal: AbortSignal): Session {
    return {
        query: (sql, parameters) => connection.query(sql, parameters),
        withTransaction: async (use, _readOnly, signal = runSignal) => {
            await connection.query("savepoint model");
            try {
                const result = await use(connection.withSignal(signal));
                await connection.query("release savepoint model");
                return result;
            } catch (error) {
                await connection.query("rollback to savepoint model");
                throw error;
            }
        },
    };
}
