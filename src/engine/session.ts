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
            database.withTransaction(
                (connection) => cancelOnAbort(database, connection, signal, use),
                // One snapshot for the whole model: what counts as read is exactly what was read.
                { readOnly, isolation: "repeatable read" },
            ),
    };
}

/** Publishes nothing on its own: everything happens in the open transaction of `connection`. */
export function makeAtomicSession(database: Database, connection: Connection, runSignal: AbortSignal): Session {
    return {
        query: (sql, parameters) => connection.query(sql, parameters),
        withTransaction: async (use, _readOnly, signal = runSignal) => {
            await connection.query("savepoint model");
            try {
                const result = await cancelOnAbort(database, connection, signal, use);
                await connection.query("release savepoint model");
                return result;
            } catch (error) {
                await connection.query("rollback to savepoint model");
                throw error;
            }
        },
    };
}

/** Asks the server to cancel what runs on the connection once the signal is aborted. */
async function cancelOnAbort<T>(
    database: Database,
    connection: Connection,
    signal: AbortSignal,
    use: (connection: Connection) => Promise<T>,
): Promise<T> {
    signal.throwIfAborted();
    const pid = connection.backendPid;
    let asking: Promise<unknown> = Promise.resolve();
    let isAsking = false;
    let again: NodeJS.Timeout | undefined;
    const ask = (): void => {
        if (pid !== null && !isAsking) {
            isAsking = true;
            // The statement may have ended meanwhile; whatever goes wrong here, nothing is begun after it.
            asking = database
                .cancel(pid)
                .catch(() => undefined)
                .finally(() => {
                    isAsking = false;
                });
        }
    };
    const onAbort = (): void => {
        ask();
        // A model between two statements has nothing to cancel yet: ask again until it has ended.
        again = setInterval(ask, 200);
    };
    signal.addEventListener("abort", onAbort);
    try {
        return await use(connection);
    } finally {
        signal.removeEventListener("abort", onAbort);
        clearInterval(again);
        // Whoever has the connection next must not be hit.
        await asking;
    }
}
