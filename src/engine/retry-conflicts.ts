import { ConnectionError, StatementError } from "../database/errors.js";

/** Retries `build` after a deadlock, a serialisation failure or a lost connection: nothing was committed. */
export async function retryConflicts<T>(build: () => Promise<T>): Promise<T> {
    for (const pauseMs of [100, 1000]) {
        try {
            return await build();
        } catch (error) {
            const isConflict = error instanceof StatementError && ["40001", "40P01"].includes(error.sqlState);
            if (!isConflict && !(error instanceof ConnectionError)) {
                throw error;
            }
            await new Promise((resolve) => setTimeout(resolve, pauseMs));
        }
    }
    return build();
}
