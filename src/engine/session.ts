import type { Connection, QueryResult } from "../database/connection.js";
import type { Database } from "../database/database.js";

/** How a run uses the database: each model in its own transaction, or all models in one. */
export interface Session {
    query<T extends object>(sql: string, parameters?: readonly unknown[]): Promise<QueryResult<T>>;
    /**
     * Runs `use` in a transaction or, in an atomic run, behind a savepoint.
     *
     * @param signal cancels its statements; by default the run's signal
     */
    withTransaction<T>(
        use: (connection: Connection) => Promise<T>,
        readOnly: boolean,
        signal?: AbortSignal,
    ): Promise<T>;
}

/** Publishes each model by itself. */
export function makeSession(database: Database, runSignal: AbortSignal): Session {
    return {
        query: (sql, parameters) => database.query(sql, parameters),
        withTransaction: (use, readOnly, signal = runSignal) =>
            // One snapshot for the whole model, so that the recorded source state is exactly what was read.
            database.withTransaction(use, { readOnly, isolation: "repeatable read", signal }),
    };
}

/** Publishes nothing by itself: everything happens in the open transaction of `connection`. */
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
