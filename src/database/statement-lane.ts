import { makeTimeoutError, reasonOf, StatementError, throwIfAborted } from "./errors.js";

/** Asks the server once to cancel a connection's statement; resolves when the request can no longer hit a later statement. */
export type AskToCancel = (attempt: number) => Promise<unknown>;

/** How long to wait before asking again: a request may be lost, or arrive before the statement does. */
const againMs = 150;

/** Runs the statements of one connection one after the other. */
export interface StatementLane {
    /**
     * Sends a statement when those before it have ended. Once `signal` is aborted, nothing is sent, and the server is asked to cancel a
     * running statement until it has ended; the promise rejects at once.
     *
     * @throws the signal's reason
     */
    run<T>(sql: string, send: () => Promise<T>, signal: AbortSignal): Promise<T>;
    /** Resolves when no statement runs any more and no request to cancel is on its way. */
    whenIdle(): Promise<void>;
}

/** @param timeoutMs the time limit of a statement, enforced here; 0 when the server enforces it */
export function makeStatementLane(askToCancel: AskToCancel, timeoutMs: number): StatementLane {
    let last: Promise<unknown> = Promise.resolve();

    /** Resolves after both the statement and the last request to cancel it have ended: the request must not hit the next statement. */
    async function runToItsEnd<T>(sql: string, send: () => Promise<T>, signal: AbortSignal): Promise<T> {
        throwIfAborted(signal);
        const late = new AbortController();
        const timer =
            timeoutMs > 0
                ? setTimeout(() => {
                      late.abort();
                  }, timeoutMs)
                : undefined;
        const stopAsking = askOnAbort(AbortSignal.any([signal, late.signal]), askToCancel);
        try {
            return await send();
        } catch (error) {
            const isLate = late.signal.aborted && error instanceof StatementError && error.sqlState === "57014";
            throw isLate ? makeTimeoutError(sql) : error;
        } finally {
            clearTimeout(timer);
            await stopAsking();
        }
    }

    return {
        run: (sql, send, signal) => {
            const running = last.then(() => runToItsEnd(sql, send, signal));
            last = running.catch(() => undefined);
            return orAborted(running, signal);
        },
        whenIdle: async () => {
            await last;
        },
    };
}

/** Once aborted, asks until the returned function is called, which resolves when no request is on its way. */
function askOnAbort(signal: AbortSignal, askToCancel: AskToCancel): () => Promise<void> {
    let isOver = false;
    let asking: Promise<void> = Promise.resolve();
    let endPause: () => void = () => undefined;
    const askUntilOver = async (): Promise<void> => {
        for (let attempt = 0; !isOver; attempt++) {
            // If this request fails, the next one may succeed.
            await askToCancel(attempt).catch(() => undefined);
            await new Promise<void>((resolve) => {
                const timer = setTimeout(resolve, isOver ? 0 : againMs);
                endPause = () => {
                    clearTimeout(timer);
                    resolve();
                };
            });
        }
    };
    const begin = (): void => {
        asking = askUntilOver();
    };
    signal.addEventListener("abort", begin);
    return async () => {
        isOver = true;
        signal.removeEventListener("abort", begin);
        endPause();
        await asking;
    };
}

/** Waits for the promise, but rejects with the signal's reason as soon as that is aborted. */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
    let onAbort: () => void = () => undefined;
    const aborted = new Promise<never>((_resolve, reject) => {
        onAbort = () => {
            reject(reasonOf(signal));
        };
        signal.addEventListener("abort", onAbort);
    });
    try {
        throwIfAborted(signal);
        return await Promise.race([promise, aborted]);
    } finally {
        signal.removeEventListener("abort", onAbort);
    }
}
