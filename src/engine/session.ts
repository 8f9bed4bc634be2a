import type { Connection, QueryResult } from "../database/connection.js";
import type { Database } from "../database/database.js";

/** How a run talks to the database: each model in a transaction of its own, or all of them in one. */
export interface Session {
    query<T extends object>(sql: string, parameters?: readonly unknown[]): Promise<QueryResult<T>>;
    /** Runs a transaction, or a part of one that can be undone, whose statements are cancelled when the run is. */
    withTransaction<T>(use: (connection: Connection) => Promise<T>, readOnly: boolean): Promise<T>;
}

/** Publishes model by model. */
export function makeSession(database: Database, signal: AbortSignal): Session {
    const track = makeTracker(database, signal);
    return {
        query: (sql, parameters) => database.query(sql, parameters),
        withTransaction: (use, readOnly) =>
            database.withTransaction(
                (connection) => track(connection, use),
                // One snapshot for the whole model: what counts as read is exactly what was read.
                { readOnly, isolation: "repeatable read" },
            ),
    };
}

/** Publishes nothing on its own: everything happens in the open transaction of `connection`. */
export function makeAtomicSession(database: Database, connection: Connection, signal: AbortSignal): Session {
    const track = makeTracker(database, signal);
    return {
        query: (sql, parameters) => connection.query(sql, parameters),
        withTransaction: async (use) => {
            await connection.query("savepoint model");
            try {
                const result = await track(connection, use);
                await connection.query("release savepoint model");
                return result;
            } catch (error) {
                await connection.query("rollback to savepoint model");
                throw error;
            }
        },
    };
}

type Track = <T>(connection: Connection, use: (connection: Connection) => Promise<T>) => Promise<T>;

/** Asks the server to cancel what runs on the tracked connections once the run is aborted. */
function makeTracker(database: Database, signal: AbortSignal): Track {
    const running = new Set<number>();
    const cancelRunning = (): void => {
        for (const pid of running) {
            // The statement may have ended meanwhile; whatever goes wrong here, the build stops after it.
            database.cancel(pid).catch(() => undefined);
        }
    };
    signal.addEventListener("abort", () => {
        cancelRunning();
        // A model between two statements has nothing to cancel yet: ask again until none is left.
        const again = setInterval(() => {
            cancelRunning();
            if (running.size === 0) {
                clearInterval(again);
            }
        }, 200);
    });
    return async (connection, use) => {
        const pid = connection.backendPid;
        if (pid !== null) {
            running.add(pid);
        }
        try {
            signal.throwIfAborted();
            return await use(connection);
        } finally {
            running.delete(pid ?? 0);
        }
    };
}
