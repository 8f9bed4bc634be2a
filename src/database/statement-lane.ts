import { makeTimeoutError, reasonOf, StatementError, throwIfAborted } from "./errors.js";

/** Asks the server once to cancel what a connection runs; resolves when that can no longer hit what is sent later. */
export type AskToCancel = (attempt: number) => Promise<unknown>;

/** How long to wait before a statement is cancelled once more: a request may be lost, or come before the statement itself has. */
const againMs = 150;

/** The statements of one connection, one after the other. */
export interface StatementLane {
    /**
     * Sends a statement when those before it have ended. Once `signal` is aborted nothing is sent, and what was sent is cancelled at the
     * server until it has ended; the promise does not wait for that.
     *
     * @throws what the signal was aborted with
     */
    run<T>(sql: string, send: () => Promise<T>, signal: AbortSignal): Promise<T>;
    /** Resolves when nothing runs any more, and no request to cancel is on its way. */
    whenIdle(): Promise<void>;
}

/** @param timeoutMs the longest time of a statement, watched from here; 0 where the server does that */
export function makeStatementLane(askToCancel: AskToCancel, timeoutMs: number): StatementLane {
    let last: Promise<unknown> = Promise.resolve();

    /** Ends with the statement and with the last request to cancel it: this must not meet the next statement. */
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

/** Asks again and again once aborted. What it returns ends that, and resolves when no request is on its way. */
function askOnAbort(signal: AbortSignal, askToCancel: AskToCancel): () => Promise<void> {
    let isOver = false;
    let asking: Promise<void> = Promise.resolve();
    let endPause: () => void = () => undefined;
    const askUntilOver = async (): Promise<void> => {
        for (let attempt = 0; !isOver; attempt++) {
            // Whatever goes wrong with a request, the next one may get through.
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

/** The same promise, or the reason why it is not waited for any more. */
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
