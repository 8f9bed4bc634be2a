/** Who hears of errors that nobody has caught, rejected promises among them. */
export interface ErrorSource {
    on(event: "uncaughtException", listener: (error: unknown) => void): unknown;
    off(event: "uncaughtException", listener: (error: unknown) => void): unknown;
}

/** More than so many within a minute are no accident any more. */
const mostErrors = 10;
const withinMs = 60_000;

/**
 * Keeps the interface, and the build that it runs, alive when something throws where nobody waits for it. Errors that keep
 * coming end the process as they would have without this.
 *
 * @param tell says it where a person sees it
 * @returns ends it.
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
