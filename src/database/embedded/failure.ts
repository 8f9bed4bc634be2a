import { errorMessage, StardeckError } from "../../config/errors.js";
import type { EmbeddedLayout } from "./layout.js";

/** An error of the embedded database, with a hint what to do. */
export function makeFailure(message: string, hint: string, cause?: unknown): StardeckError {
    return new StardeckError(message, { code: "no-database", hint, cause });
}

/** Turns a file system error about `path` into a message and a hint. */
export function wrapFileError(error: unknown, path: string): StardeckError {
    if (error instanceof StardeckError) {
        return error;
    }
    const reason = fileErrorCode(error) ?? "";
    switch (reason) {
        case "EACCES":
        case "EPERM":
        case "EROFS":
            return makeFailure(
                `The embedded database cannot write to ${path} (${reason}).`,
                "Give yourself write permission there, start stardeck in another folder, or name a server with --database-url.",
                error,
            );
        case "ENOSPC":
        case "EDQUOT":
            return makeFailure(
                `No space is left on the disk for the embedded database in ${path}.`,
                "Free some space, or start stardeck in a folder on another disk. Nothing was lost.",
                error,
            );
        case "ENOTDIR":
        case "EEXIST":
            return makeFailure(
                `The embedded database needs a folder at ${path}, but a file or a link is in its way.`,
                "Move it away, or start stardeck in another folder.",
                error,
            );
        default:
            return makeFailure(
                `The embedded database cannot use ${path}: ${errorMessage(error)}.`,
                "Start stardeck in another folder, or name a server with --database-url.",
                error,
            );
    }
}

/** The error for clients after PostgreSQL has stopped, from its last log lines. */
export function makeStopFailure(lastWords: string, { data, log }: EmbeddedLayout, cause: unknown): StardeckError {
    return lastWords.includes("No space left on device")
        ? makeFailure(
              `No space is left on the disk for the embedded database in ${data}.`,
              "Free some space and try again: it then recovers by itself, and what was committed is kept.",
              cause,
          )
        : makeFailure(
              `The embedded database has stopped: ${lastWords}.`,
              `${log} says more. What was committed is kept: the next start recovers the database.`,
              cause,
          );
}

/** The operating system's code (`ENOENT`), or null for any other error. */
export function fileErrorCode(error: unknown): string | null {
    return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}
