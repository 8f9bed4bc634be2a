import { StardeckError } from "../database/errors.js";

/** What a read ends with that somebody has given up. */
export function makeInterruption(): StardeckError {
    return new StardeckError("Interrupted.", { code: "interrupted" });
}

/** @throws StardeckError `interrupted` */
export function throwIfAborted(signal: AbortSignal): void {
    if (signal.aborted) {
        throw makeInterruption();
    }
}
