import { DatabaseError } from "pg";
import { errorMessage, StardeckError } from "../config/errors.js";

export { errorMessage, StardeckError };

/** An error that PostgreSQL reported for a statement. */
export class StatementError extends StardeckError {
    /** SQLSTATE, five characters: https://www.postgresql.org/docs/current/errcodes-appendix.html */
    readonly sqlState: string;
    /** The statement, as sent. */
    readonly sql: string;
    /** Where in `sql` the error is, in characters from 1; undefined when PostgreSQL names no position. */
    readonly position: number | undefined;
    /** PostgreSQL's DETAIL line; may quote data. */
    readonly detail: string | undefined;

    constructor(error: DatabaseError, sql: string) {
        super(`${error.message}${error.detail === undefined ? "" : ` (${error.detail})`}`, {
            code: "failed",
            cause: error,
            ...hintFor(error),
        });
        this.name = "StatementError";
        this.sqlState = error.code ?? "XX000";
        this.sql = sql;
        this.position = error.position === undefined ? undefined : Number(error.position);
        this.detail = error.detail;
    }
}

/** An error in PostgreSQL's form for a statement that was not sent. */
export function makeStatementError(
    sql: string,
    said: { readonly sqlState: string; readonly message: string; readonly hint?: string; readonly position?: number },
): StatementError {
    const error = new DatabaseError(said.message, 0, "error");
    error.severity = "ERROR";
    error.code = said.sqlState;
    error.hint = said.hint;
    error.position = said.position === undefined ? undefined : String(said.position);
    return new StatementError(error, sql);
}

/** PostgreSQL's error for a statement that exceeded its time limit. */
export function makeTimeoutError(sql: string): StatementError {
    return makeStatementError(sql, { sqlState: "57014", message: "canceling statement due to statement timeout" });
}

/** A read exceeded its time limit. */
export class ReadTimeoutError extends StardeckError {
    constructor(timeoutMs: number, cause?: unknown) {
        super(`The database did not answer within ${timeoutMs / 1000} s.`, {
            code: "failed",
            hint: "Narrow it by a filter, sort by a column with an index, or allow more time.",
            cause,
        });
        this.name = "ReadTimeoutError";
    }
}

/** The error of a read that was interrupted. */
export function makeInterruption(): StardeckError {
    return new StardeckError("Interrupted.", { code: "interrupted" });
}

/** The error to throw for an aborted signal: its reason if that is a StardeckError, else an interruption. */
export function reasonOf(signal: AbortSignal): StardeckError {
    return signal.reason instanceof StardeckError ? signal.reason : makeInterruption();
}

/** @throws StardeckError `interrupted`, or the signal's own reason */
export function throwIfAborted(signal: AbortSignal): void {
    if (signal.aborted) {
        throw reasonOf(signal);
    }
}

/** The connection was lost during a statement, or could not be made at all. */
export class ConnectionError extends StardeckError {
    /** SQLSTATE or the operating system's code (`ECONNREFUSED`), when there was one. */
    readonly reason: string | undefined;

    constructor(message: string, options: { hint: string; cause: unknown }) {
        super(message, { code: "no-database", ...options });
        this.name = "ConnectionError";
        this.reason = codeOf(options.cause);
    }
}

/** The error for commands that write when the server allows only reading. */
export function makeNotWritableError(serverName: string, isStandby: boolean): StardeckError {
    return isStandby
        ? new StardeckError(`${serverName} is a standby server, which can only be read.`, {
              code: "no-database",
              hint: "Nothing was written. Connect to the primary server for this; reading commands work here.",
          })
        : new StardeckError(`${serverName} lets this role only read (default_transaction_read_only is on).`, {
              code: "no-database",
              hint: "Nothing was written. Find out why it was set (a disk that is nearly full?), then lift it: alter role … or alter database … set default_transaction_read_only = off. Reading commands work as it is.",
          });
}

/** Wraps any error that `pg` throws for a statement; the one place where foreign errors become ours. */
export function wrapStatementError(error: unknown, sql: string, serverName: string): StardeckError {
    if (error instanceof StardeckError) {
        return error;
    }
    if (isConnectionLoss(error)) {
        const setting = limitOf(codeOf(error));
        return new ConnectionError(`The connection to ${serverName} was lost: ${errorMessage(error)}.`, {
            hint:
                setting === undefined
                    ? "What was committed is kept. Try again when the database is back."
                    : `What was committed is kept. The server's setting ${setting} is too small for this: raise it for this role (alter role … set ${setting} = …).`,
            cause: error,
        });
    }
    if (error instanceof DatabaseError) {
        return explainLostClusterServerOrNull(error) ?? new StatementError(error, sql);
    }
    return new StardeckError(errorMessage(error), { code: "failed", cause: error });
}

/** The server's setting whose time limit has ended the session. */
function limitOf(sqlState: string | undefined): string | undefined {
    const settings: Readonly<Record<string, string>> = {
        "25P03": "idle_in_transaction_session_timeout",
        "25P04": "transaction_timeout",
        "57P05": "idle_session_timeout",
    };
    return settings[sqlState ?? ""];
}

/** Our server answers and another one, on which Citus keeps a part of the rows, does not. */
function explainLostClusterServerOrNull(error: DatabaseError): StardeckError | null {
    const [, server] =
        /^(?:connection to the remote node (?:\S*@)?|could not connect to )([^\s@]+:\d+) /.exec(error.message) ??
        (error.code?.startsWith("57P0") === true
            ? /^while executing command on (\S+)/.exec(error.where ?? "")
            : null) ??
        [];
    return server === undefined ? null : makeLostClusterServerError(server, error);
}

export function makeLostClusterServerError(server: string, cause?: unknown): StardeckError {
    return new StardeckError(`The server ${server} of the cluster, which holds a part of the rows, does not answer.`, {
        code: "no-database",
        hint: "Start it, or move its shards. What was published before is kept; `stardeck retry` takes up a build.",
        cause,
    });
}

/** Wraps a failure to connect, with a hint for the usual causes. */
export function wrapConnectError(error: unknown, serverName: string): StardeckError {
    if (error instanceof StardeckError) {
        return error;
    }
    const [message, hint] = explainConnectFailure(error, serverName);
    return new ConnectionError(message, { hint, cause: error });
}

function explainConnectFailure(error: unknown, server: string): [message: string, hint: string] {
    const code = codeOf(error);
    const said = errorMessage(error);
    switch (code ?? "") {
        case "ECONNREFUSED":
        case "ENOENT":
            return [
                `No PostgreSQL server answers at ${server}.`,
                "Start it, or check host and port. Without --database-url, DATABASE_URL and PG* stardeck uses its embedded database.",
            ];
        case "ENOTFOUND":
        case "EAI_AGAIN":
            return [`The host of ${server} is not known.`, "Check its name and the network."];
        case "ETIMEDOUT":
        case "EHOSTUNREACH":
        case "ENETUNREACH":
            return [`${server} cannot be reached.`, "Check host, port, network and firewall."];
        case "28P01":
            return [
                `${server} refuses the password.`,
                "Check user and password (in the URL, PGPASSWORD or ~/.pgpass).",
            ];
        case "28000":
            return [
                `${server} refuses this user: ${said}.`,
                "Check the user's rights in pg_hba.conf; a server that demands encryption wants ?sslmode=require.",
            ];
        case "3D000":
            return [`${server}: the database does not exist.`, "Create it (createdb NAME), or name another one."];
        case "53300":
            return [`${server} has no connection left.`, "Try again later, or with fewer --threads."];
        case "57P03":
            return [`${server} is starting up or shutting down.`, "Try again in a moment."];
        default:
    }
    if (said.includes("does not support SSL")) {
        return [`${server} does not offer TLS.`, "Use ?sslmode=prefer or ?sslmode=disable if that is meant to be so."];
    }
    if (said.includes("the certificate is for ")) {
        return [
            `The TLS certificate of ${server} does not fit: ${said}.`,
            "Name the host as its certificate does, or check the authority alone by sslmode=verify-ca.",
        ];
    }
    if (/certificate|self[- ]signed|altnames/i.test(said)) {
        return [
            `The TLS certificate of ${server} is not trusted: ${said}.`,
            "Name its authority by sslrootcert=FILE, or use ?sslmode=require to encrypt without checking it.",
        ];
    }
    if (/timeout/i.test(said) && server === "embedded") {
        return ["The embedded database is busy with another statement.", "Wait until that ends, or stop it there."];
    }
    if (/timeout/i.test(said)) {
        return [`${server} did not answer in time.`, "Check host and network, or raise PGCONNECT_TIMEOUT (seconds)."];
    }
    return [`${server} cannot be used: ${said}.`, "Check --database-url."];
}

/** True for an error after which the connection cannot be used any more, but the statement may be tried on another one. */
export function isConnectionLoss(error: unknown): boolean {
    // An ERROR leaves the session intact, even with such a code: a protocol violation, or a foreign server that is unreachable.
    if (error instanceof DatabaseError && error.severity === "ERROR") {
        return false;
    }
    const code = codeOf(error) ?? "";
    return (
        code.startsWith("08") ||
        ["25P03", "25P04", "57P01", "57P02", "57P03", "57P04", "57P05"].includes(code) ||
        ["ECONNRESET", "EPIPE", "ECONNREFUSED", "ETIMEDOUT"].includes(code) ||
        /^Connection terminated|^Client has encountered a connection error|not queryable/.test(errorMessage(error))
    );
}

/** True when the server refuses one more connection: it has too many, or this role or database has. */
export function isOutOfConnections(error: unknown): boolean {
    return codeOf(error) === "53300";
}

/** True for PostgreSQL's error under `row_security = off` when a policy would hide rows. */
export function isRowSecurityRefusal(error: unknown): boolean {
    // By the name of PostgreSQL's function, because its messages may be in any language.
    return error instanceof DatabaseError && error.routine === "check_enable_rls";
}

function hintFor(error: DatabaseError): { hint?: string } {
    switch (error.code ?? "") {
        case "42501":
            if (isRowSecurityRefusal(error)) {
                return {
                    hint: "Row-level security hides rows of it from this role, and nothing right is made of a part: let a role with BYPASSRLS or the table's owner do it. `stardeck query` shows what the role may see.",
                };
            }
            return { hint: "Ask the owner of the database for this privilege; `stardeck debug` lists what is needed." };
        case "25006":
            // The read guard has its own hint.
            return { hint: error.hint ?? "The server lets this role only read: `stardeck debug` says why." };
        case "57014":
            return error.message.includes("statement timeout")
                ? { hint: "Raise --statement-timeout, or narrow the selection." }
                : {};
        case "55P03":
            return { hint: "Somebody holds a lock on it: look at pg_locks, or try again later." };
        case "53100":
            return { hint: "Free space on the database's disk and run the command again: nothing was published." };
        default:
            return error.hint === undefined ? {} : { hint: error.hint };
    }
}

function codeOf(error: unknown): string | undefined {
    if (error instanceof AggregateError) {
        return codeOf(error.errors[0]);
    }
    if (typeof error === "object" && error !== null && "code" in error && typeof error.code === "string") {
        return error.code;
    }
    return undefined;
}
