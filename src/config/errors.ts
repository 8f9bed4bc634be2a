/** What went wrong, for programs: each code maps to one exit code in `commands/exit-code.ts`. */
export type ErrorCode =
    /** A flag, argument, setting or selector that cannot be used: exit 2. */
    | "usage"
    /** The database cannot be reached or opened, or does not allow what is asked, such as writing to a standby: exit 3. */
    | "no-database"
    /** A statement, model or migration failed in a working database: exit 1. */
    | "failed"
    /** Stopped on request (Ctrl-C, SIGTERM): exit 130. */
    | "interrupted";

export interface StardeckErrorOptions {
    readonly code: ErrorCode;
    /** One sentence that says what to do. */
    readonly hint?: string;
    readonly cause?: unknown;
}

/** An error whose message may be shown to a person as it is: one sentence, no credentials, with a hint where one helps. */
export class StardeckError extends Error {
    readonly code: ErrorCode;
    readonly hint: string | undefined;

    constructor(message: string, options: StardeckErrorOptions) {
        super(message, options.cause === undefined ? undefined : { cause: options.cause });
        this.name = "StardeckError";
        this.code = options.code;
        this.hint = options.hint;
    }
}

/** The message of anything thrown. */
export function errorMessage(error: unknown): string {
    // pg reports a refused connection to several addresses as an AggregateError without a message of its own.
    if (error instanceof AggregateError && error.message === "") {
        return error.errors.map(errorMessage).join("; ");
    }
    return error instanceof Error ? error.message : String(error);
}
