/** Emits errors that are not caught, rejected promises among them. */
export interface ErrorSource {
    on(event: "uncaughtException", listener: (error: unknown) => void): unknown;
    off(event: "uncaughtException", listener: (error: unknown) => void): unknown;
}

/** More errors than this within a minute end the process. */
const mostErrors = 10;
const withinMs = 60_000;

/**
 * Keeps the interface, and the build that it runs, alive after an error that is not caught. Errors that keep coming end the
 * process, as they would without this.
 *
 * @param tell shows the message of an error
 * @returns a function that ends this.
 */
export function surviveErrors(process: ErrorSource, tell: (message: string) => void, now: () => number): () => void {
    let times: readonly number[] = [];
    const survive = (error: unknown): void => {
        times = [...times.filter((time) => now() - time < withinMs), now()];
        if (times.length > mostErrors) {
            throw error;
        }
        tell(error instanceof Error ? error.message : String(error));
    };
    process.on("uncaughtException", survive);
    return () => {
        process.off("uncaughtException", survive);
    };
}
