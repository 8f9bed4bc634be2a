import type { ClientConfig } from "pg";
import type { Connection, QueryResult, Row } from "./connection.js";
import type { EmbeddedServer } from "./embedded/open-embedded.js";

export interface TransactionOptions {
    readonly readOnly?: boolean;
    /** Overrides the database's own statement timeout; milliseconds, 0 for none. */
    readonly statementTimeoutMs?: number;
    /** `repeatable read` shows every statement of the transaction the same data. */
    readonly isolation?: "read committed" | "repeatable read";
    /** Roll back although all went well: for looking at what would be. */
    readonly isRehearsal?: boolean;
}

/** A PostgreSQL database, embedded or a server: nothing above this interface needs to know which. */
export interface Database {
    readonly kind: "embedded" | "server";
    /** For people: `embedded` or `user@host:port/database`. Holds no credentials. */
    readonly name: string;
    /** `server_version_num`: 150018 is 15.18. */
    readonly serverVersion: number;
    /** True when it was opened for reading only: no statement of this value can write. */
    readonly isReadOnly: boolean;
    /** For libraries that connect on their own (Knex). Holds the password: never print it. Null where nothing may be written. */
    readonly clientConfig: Readonly<ClientConfig> | null;
    /** Runs one statement on any connection. */
    query<T extends object = Row>(sql: string, parameters?: readonly unknown[]): Promise<QueryResult<T>>;
    /** Lends one connection; it is given back whatever happens. */
    withConnection<T>(use: (connection: Connection) => Promise<T>): Promise<T>;
    /** Commits when `use` resolves, rolls back when it rejects. A transaction blocks all others on the embedded database. */
    withTransaction<T>(use: (connection: Connection) => Promise<T>, options?: TransactionOptions): Promise<T>;
    /**
     * A READ ONLY transaction that runs only what reads (see `makeReadGuard`), one statement at a time, and is rolled back; tried again
     * with growing pauses when the connection is lost.
     *
     * @throws StatementError for a statement that might do more; nothing of it is run
     */
    withReadOnlyTransaction<T>(use: (connection: Connection) => Promise<T>, options?: TransactionOptions): Promise<T>;
    /** Cancels the statement that another connection of this database runs. False if there was nothing to cancel, or not yet. */
    cancel(backendPid: number): Promise<boolean>;
}

export interface DatabaseOptions {
    readonly connectTimeoutMs: number;
    readonly statementTimeoutMs: number;
    /** The most connections at a time. */
    readonly maxConnections: number;
    /** Makes a value that has no way to write. An embedded database that does not exist is then not made either. */
    readonly isReadOnly?: boolean;
    /** The embedded database's server, where it is being started already; whoever uses the database closes it. */
    readonly server?: Promise<EmbeddedServer>;
}
