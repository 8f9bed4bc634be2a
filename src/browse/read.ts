import type { Connection } from "../database/connection.js";
import type { Database, ReadOnlyTransactionOptions } from "../database/contract.js";
import { StardeckError, StatementError } from "../database/errors.js";
import { makeInterruption, throwIfAborted } from "./interruption.js";
import type { ReadOptions } from "./relation.js";

/** A read that took longer than it may. */
export class ReadTimeoutError extends StardeckError {
    constructor(timeoutMs: number, cause?: unknown) {
        super(`The database did not answer within ${timeoutMs / 1000} s.`, {
            code: "failed",
            hint: "Narrow it by a filter, sort by a column with an index, or allow more time.",
            cause,
        });
        this.name = "ReadTimeoutError";
    }
}

/** Waiting for a connection or for another's transaction counts as well; the statement itself ends before. */
const waitingMs = 500;

/**
 * Reads in a READ ONLY transaction that ends when aborted or out of time, also while it waits for its turn.
 *
 * @throws StardeckError `interrupted` once aborted; ReadTimeoutError; StatementError; ConnectionError
 */
export async function withRead<T>(
    database: Database,
    { signal, timeoutMs }: ReadOptions,
    use: (connection: Connection) => Promise<T>,
    transaction: Pick<ReadOnlyTransactionOptions, "isolation" | "roleSettings" | "isGuarded"> = {},
): Promise<T> {
    throwIfAborted(signal);
    const stop = new AbortController();
    const interrupt = (): void => {
        stop.abort(makeInterruption());
    };
    const timer =
        timeoutMs > 0
            ? setTimeout(() => {
                  stop.abort(new ReadTimeoutError(timeoutMs));
              }, timeoutMs + waitingMs)
            : undefined;
    signal.addEventListener("abort", interrupt);
    try {
        const stopped = new Promise<never>((_resolve, reject) => {
            stop.signal.addEventListener("abort", () => {
                reject(stop.signal.reason as Error);
            });
        });
        const reading = database.withReadOnlyTransaction(
            (connection) => cancelWhenStopped(database, connection, stop.signal, () => use(connection)),
            { ...transaction, statementTimeoutMs: timeoutMs },
        );
        return await Promise.race([reading, stopped]);
    } catch (error) {
        stop.signal.throwIfAborted();
        throw isTimeout(error) ? new ReadTimeoutError(timeoutMs, error) : error;
    } finally {
        clearTimeout(timer);
        signal.removeEventListener("abort", interrupt);
    }
}

/** The same for SQL that a person gives, and for the rows of whatever others have made: only what is known to read is run. */
export function withGuardedRead<T>(
    database: Database,
    options: ReadOptions,
    use: (connection: Connection) => Promise<T>,
    transaction: Pick<ReadOnlyTransactionOptions, "roleSettings"> = {},
): Promise<T> {
    return withRead(database, options, use, { ...transaction, isGuarded: true });
}

async function cancelWhenStopped<T>(
    database: Database,
    { backendPid }: Connection,
    stop: AbortSignal,
    use: () => Promise<T>,
): Promise<T> {
    stop.throwIfAborted();
    let cancelling: Promise<unknown> = Promise.resolve();
    const cancel = (): void => {
        if (backendPid !== null) {
            cancelling = database.cancel(backendPid).catch(() => undefined);
        }
    };
    stop.addEventListener("abort", cancel);
    try {
        return await use();
    } finally {
        stop.removeEventListener("abort", cancel);
        // A cancel on its way would meet the next statement of this connection, which may be another reader's.
        await cancelling;
    }
}

function isTimeout(error: unknown): boolean {
    return error instanceof StatementError && error.sqlState === "57014";
}
