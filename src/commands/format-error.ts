import { errorMessage, StardeckError } from "../config/errors.js";
import { StatementError } from "../database/errors.js";
import { formatCodeFrame } from "../text/code-frame.js";
import type { Redact } from "./redact.js";

/**
 * Formats an error for people: one sentence, the place in the statement, and the way out; stack and causes only with `--verbose`.
 */
export function formatError(error: unknown, isVerbose: boolean, redact: Redact): readonly string[] {
    const lines =
        error instanceof StardeckError
            ? [error.message, ...frameOf(error, redact), ...(error.hint === undefined ? [] : [error.hint])]
            : [
                  `This is a fault in stardeck: ${errorMessage(error)}`,
                  ...(isVerbose ? [] : ["Run it again with --verbose for the details that a report of it needs."]),
              ];
    return [...lines, ...(isVerbose ? ["", ...stacksOf(error)] : [])].flatMap((text) => text.split(/\r?\n/));
}

/** An error as a JSON record. */
export function errorRecord(error: unknown): object {
    return error instanceof StardeckError
        ? { type: "error", code: error.code, message: error.message, hint: error.hint ?? null }
        : { type: "error", code: "fault", message: errorMessage(error), hint: null };
}

function frameOf(error: StardeckError, redact: Redact): readonly string[] {
    return error instanceof StatementError && error.position !== undefined
        ? ["", ...formatCodeFrame(error.sql, error.position, redact), ""]
        : [];
}

function stacksOf(error: unknown): string[] {
    if (!(error instanceof Error)) {
        return [String(error)];
    }
    const inner = error instanceof AggregateError ? error.errors.flatMap(stacksOf) : [];
    const cause =
        error.cause === undefined
            ? []
            : stacksOf(error.cause).map((line, at) => (at === 0 ? `Caused by: ${line}` : line));
    return [error.stack ?? error.message, ...inner, ...cause];
}
