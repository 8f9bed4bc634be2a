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
    /** `repeatable read` shows every statement of the transaction the same data. */
    readonly isolation?: Isolation | undefined;
    /** Roll back although all went well: for looking at what would be. */
    readonly isRehearsal?: boolean;
    /** Cancels what runs and rolls back. */
    readonly signal?: AbortSignal | undefined;
}

export interface ReadOnlyTransactionOptions extends Omit<TransactionOptions, "readOnly" | "isRehearsal"> {
    /** What statements with SQL of a person in them run with instead of our settings; none when not given. */
    readonly roleSettings?: readonly RoleSetting[];
    /** For SQL that a person gives, and for the rows of whatever others have made: see `guardReads`. */
    readonly isGuarded?: boolean;
    /** The longest time that all of it may take, waiting for a connection included; 0 for none. */
    readonly timeoutMs?: number | undefined;
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
    /** What a command that writes ends with, because the server is a standby or lets this role only read; else null. */
    readonly whyNotWritable: StardeckError | null;
    /** For a `ServerClient` beside the pool. Holds the password: never print it. Null where nothing may be written. */
    readonly clientConfig: ServerClientConfig | null;
    /** Lends a connection to a library that talks to `pg` itself (Knex). Where nothing may be written, it rejects. */
    withClient<T>(
        use: (client: ClientBase, options: Pick<DatabaseOptions, "statementTimeoutMs">) => Promise<T>,
    ): Promise<T>;
    /** Called whenever the server has no further connection for us, with how many we have: then these are shared. */
    onLimit(listener: (connectionCount: number) => void): void;
    /** Runs one statement in a transaction of its own. */
    query<T extends object = Row>(sql: string, parameters?: readonly unknown[]): Promise<QueryResult<T>>;
    /** Runs one statement that PostgreSQL takes only outside a transaction, as VACUUM: with the settings of the session, so for databases of our own. */
    maintain(sql: string): Promise<unknown>;
    /**
     * Commits when `use` resolves, rolls back when it rejects. A transaction blocks all others on the embedded database.
     *
     * @throws StardeckError `no-database` before anything is run, where it is to write and the server lets it only read
     */
    withTransaction<T>(use: (connection: Connection) => Promise<T>, options?: TransactionOptions): Promise<T>;
    /**
     * A READ ONLY transaction that runs one statement at a time and is rolled back; tried again with growing pauses when the
     * connection is lost.
     *
     * Once `signal` is aborted nothing more is sent; what runs is cancelled at the server, again and again until it has ended, while the
     * promise rejects at once.
     *
     * @throws StatementError, where it is guarded, for a statement that might do more than read, nothing of which is run; StardeckError
     * `interrupted`; ReadTimeoutError
     */
    withReadOnlyTransaction<T>(
        use: (connection: Connection) => Promise<T>,
        options?: ReadOnlyTransactionOptions,
    ): Promise<T>;
    /** The backends whose connections were lent so far. */
    backendPids(): readonly number[];
}

export interface DatabaseOptions {
    readonly connectTimeoutMs: number;
    readonly statementTimeoutMs: number;
    /** The most connections at a time. */
    readonly maxConnections: number;
    /** Makes a value that has no way to write. An embedded database that does not exist is then not made either. */
    readonly isReadOnly?: boolean;
    /** The embedded database's server, where it is being started already; the user of the database closes it. */
    readonly server?: Promise<EmbeddedServer>;
}
