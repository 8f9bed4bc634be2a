import type { Connection } from "./connection.js";
import { makeTimeoutError, StatementError } from "./errors.js";

/** How long to wait before a statement is cancelled once more: a request may come before the statement itself has. */
const againMs = 100;

/**
 * Gives a connection whose statements are cancelled from here when they take longer than `timeoutMs`: while the embedded
 * database runs one, it hears neither its own clock nor anybody else.
 *
 * @param cancel cancels what this connection runs; false when there was nothing
 */
export function limitStatements(connection: Connection, timeoutMs: number, cancel: () => Promise<boolean>): Connection {
    async function limit<T>(sql: string, run: () => Promise<T>): Promise<T> {
        let isOver = false;
        let cancelling: Promise<void> | undefined;
        const timer = setTimeout(() => {
            cancelling = (async () => {
                while (!isOver && !(await cancel())) {
                    await new Promise((resolve) => setTimeout(resolve, againMs));
                }
            })();
        }, timeoutMs);
        try {
            return await run();
        } catch (error) {
            const isLate = cancelling !== undefined && error instanceof StatementError && error.sqlState === "57014";
            throw isLate ? makeTimeoutError(sql) : error;
        } finally {
            isOver = true;
            clearTimeout(timer);
            // A request that is still under way must not meet the next statement.
            await cancelling;
        }
    }
    return {
        backendPid: connection.backendPid,
        setLocally: (settings) => connection.setLocally(settings),
        query: (sql, parameters) => limit(sql, () => connection.query(sql, parameters)),
        queryText: (sql, parameters) => limit(sql, () => connection.queryText(sql, parameters)),
    };
}
