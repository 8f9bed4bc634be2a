import type { ClientBase } from "pg";
import type { Connection, QueryResult, Row } from "./connection.js";
import type { EmbeddedServer } from "./embedded/open-embedded.js";
import type { StardeckError } from "./errors.js";
import type { ServerClientConfig } from "./server/server-client.js";
import type { Isolation, RoleSetting } from "./session-settings.js";

export interface TransactionOptions {
    readonly readOnly?: boolean;
    /** Overrides the database's own statement timeout; milliseconds, 0 for none. */
    readonly statementTimeoutMs?: number | undefined;
    /** With `repeatable read`, every statement of the transaction sees the same data. */
    readonly isolation?: Isolation | undefined;
    /** Rolls back even after success: to see what would happen. */
    readonly isRehearsal?: boolean;
    /** Aborting it cancels the running statement and rolls back. */
    readonly signal?: AbortSignal | undefined;
}

export interface ReadOnlyTransactionOptions extends Omit<TransactionOptions, "readOnly" | "isRehearsal"> {
    /** Settings for which statements with a person's SQL use the role's own values; none when not given. */
    readonly roleSettings?: readonly RoleSetting[];
    /** For SQL that a person wrote, and for reading relations that others have made: see `guardReads`. */
    readonly isGuarded?: boolean;
    /** The time limit for everything together, including the wait for a connection; 0 for none. */
    readonly timeoutMs?: number | undefined;
}

/** A PostgreSQL database, embedded or on a server: code above this interface need not know which. */
export interface Database {
    readonly kind: "embedded" | "server";
    /** For people: `embedded` or `user@host:port/database`. Holds no credentials. */
    readonly name: string;
    /** `server_version_num`: 150018 is 15.18. */
    readonly serverVersion: number;
    /** True when opened for reading only: no statement through this value can write. */
    readonly isReadOnly: boolean;
    /** The error for commands that write, when the server is a standby or allows this role only to read; else null. */
    readonly whyNotWritable: StardeckError | null;
    /** For a `ServerClient` beside the pool. Holds the password: never print it. Null when opened for reading only. */
    readonly clientConfig: ServerClientConfig | null;
    /** Lends a connection to a library that uses `pg` itself (Knex). Rejects when opened for reading only. */
    withClient<T>(
        use: (client: ClientBase, options: Pick<DatabaseOptions, "statementTimeoutMs">) => Promise<T>,
    ): Promise<T>;
    /** Calls the listener with the number of our connections whenever the server refuses a further one; they are then shared. */
    onLimit(listener: (connectionCount: number) => void): void;
    /** Runs one statement in a transaction of its own. */
    query<T extends object = Row>(sql: string, parameters?: readonly unknown[]): Promise<QueryResult<T>>;
    /** Runs a statement that must be outside a transaction (VACUUM), with the session's settings: only for databases of our own. */
    maintain(sql: string): Promise<unknown>;
    /**
     * Commits when `use` resolves, rolls back when it rejects. On the embedded database, a transaction blocks all others.
     *
     * @throws StardeckError `no-database` before anything runs, if the transaction may write and the server allows only reading
     */
    withTransaction<T>(use: (connection: Connection) => Promise<T>, options?: TransactionOptions): Promise<T>;
    /**
     * A READ ONLY transaction that runs one statement at a time and is rolled back. When the connection is lost, it is tried again
     * after growing pauses.
     *
     * Aborting `signal` rejects the promise at once and sends nothing more. The server is asked to cancel the running statement until
     * it has ended.
     *
     * @throws StatementError, if guarded, for a statement that might do more than read, before any of it runs; StardeckError
     * `interrupted`; ReadTimeoutError
     */
    withReadOnlyTransaction<T>(
        use: (connection: Connection) => Promise<T>,
        options?: ReadOnlyTransactionOptions,
    ): Promise<T>;
    /** The process ids of the backends used so far. */
    backendPids(): readonly number[];
}

export interface DatabaseOptions {
    readonly connectTimeoutMs: number;
    readonly statementTimeoutMs: number;
    /** The most connections at a time. */
    readonly maxConnections: number;
    /** Opens the database so that nothing can be written. An embedded database that does not exist is not made. */
    readonly isReadOnly?: boolean;
    /** The embedded database's server, if it is being started already. `withDatabase` closes it. */
    readonly server?: Promise<EmbeddedServer>;
}
