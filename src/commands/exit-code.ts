import { StardeckError, type ErrorCode } from "../config/errors.js";

/** The exit codes of the process. */
export const exitCodes = {
    done: 0,
    /** A model, an error-severity test or the command itself failed. */
    failed: 1,
    usage: 2,
    noDatabase: 3,
    /** The command succeeded, but stdout or stderr could not be written, such as on a full disk; not if the reader went away. */
    outputLost: 4,
    interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const byErrorCode: Readonly<Record<ErrorCode, ExitCode>> = {
    usage: exitCodes.usage,
    "no-database": exitCodes.noDatabase,
    failed: exitCodes.failed,
    interrupted: exitCodes.interrupted,
};

/** The exit code for an error. */
export function exitCodeOf(error: unknown): ExitCode {
    return error instanceof StardeckError ? byErrorCode[error.code] : exitCodes.failed;
}
