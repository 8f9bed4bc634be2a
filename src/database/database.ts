import pg from "pg";
import type { ClientBase, PoolClient } from "pg";
import type { DatabaseSettings } from "../config/settings.js";
import { makeCancelRequest } from "./cancel-request.js";
import { makeConnection, sendStatement, type Connection } from "./connection.js";
import type { Database, DatabaseOptions, ReadOnlyTransactionOptions, TransactionOptions } from "./contract.js";
import { openEmbedded, ownApplication, type EmbeddedServer } from "./embedded/open-embedded.js";
import {
    ConnectionError,
    isConnectionLoss,
    isOutOfConnections,
    makeInterruption,
    makeNotWritableError,
    ReadTimeoutError,
    reasonOf,
    StardeckError,
    StatementError,
    throwIfAborted,
    wrapConnectError,
} from "./errors.js";
import { guardReads } from "./read-only/guard-reads.js";
import { makeReadOnly } from "./read-only/make-read-only.js";
import { connectToServer, type SessionState } from "./server/connect-to-server.js";
import { ServerClient, type ServerClientConfig } from "./server/server-client.js";
import type { Begun } from "./session-settings.js";
import { makeStatementLane, orAborted, type StatementLane } from "./statement-lane.js";
import { makeTransaction, type Transaction, type TransactionStart } from "./transaction.js";

export type { Database, DatabaseOptions, ReadOnlyTransactionOptions, TransactionOptions } from "./contract.js";

const oldestServerVersion = 150_000;

/**
 * Opens the database for a callback and always closes it afterwards.
 *
 * @throws StardeckError `no-database` when it cannot be reached, is older than PostgreSQL 15, or refuses us.
 */
export async function withDatabase<T>(
    settings: DatabaseSettings,
    options: DatabaseOptions,
    use: (database: Database) => Promise<T>,
): Promise<T> {
    if (settings.kind === "embedded") {
        const { isReadOnly = false, server: opening = openEmbedded(settings.folder, { mustExist: isReadOnly }) } =
            options;
        const server = await opening;
        let isBusy = false;
        try {
            const target: Target = {
                kind: "embedded",
                name: "embedded",
                client: makeEmbeddedConfig(server, options.connectTimeoutMs),
                cancel: (backendPid) => server.cancel(backendPid),
            };
            const { database, close } = await openPool(target, options);
            try {
                return await use(database);
            } finally {
                isBusy = await close();
            }
        } catch (error) {
            throw error instanceof ConnectionError ? server.explainLoss(error) : error;
        } finally {
            await server.close({ isBusy });
        }
    }
    const opened = await connectToServer(
        settings,
        options.connectTimeoutMs,
        (client, name) => openPool({ kind: "server", name, client }, options),
        async (other) => {
            await other.close();
        },
    );
    try {
        return await use(opened.database);
    } finally {
        await opened.close();
    }
}

export function makeEmbeddedConfig(server: EmbeddedServer, connectTimeoutMs: number): ServerClientConfig {
    return {
        ...server.connection,
        onConnected: (backendPid) => {
            server.cancelAtEnd(backendPid);
        },
        password: () => "",
        // pg would take what is missing here from PG* variables, which are about another server.
        ssl: false,
        sslnegotiation: "postgres",
        application_name: ownApplication,
        options: "",
        connectTimeoutMs,
        rules: {
            allowedAuthentication: null,
            channelBinding: "disable",
            isTls: false,
            startsDirectly: false,
            serverName: "embedded",
        },
    };
}

interface Opened extends SessionState {
    readonly database: Database;
    /** Cancels running statements and resolves when all connections are closed: true when one had to be cut off. */
    readonly close: () => Promise<boolean>;
}

interface Target {
    readonly kind: Database["kind"];
    readonly name: string;
    readonly client: ServerClientConfig;
    /** Cancels a statement of the embedded server, which cannot read a CancelRequest while a statement runs. */
    readonly cancel?: (backendPid: number) => Promise<boolean>;
}

/** How long closing waits for statements to end before it cuts their connections. */
const closeMs = 250;

async function openPool(target: Target, options: DatabaseOptions): Promise<Opened> {
    const clients = new Set<ClientBase>();
    class PooledClient extends ServerClient {
        constructor(config: ServerClientConfig) {
            super(config);
            clients.add(this);
            this.once("end", () => clients.delete(this));
        }
    }
    const pool = new pg.Pool({
        ...target.client,
        // The pool passes its own options to the constructor, which its type does not declare.
        Client: PooledClient as unknown as new () => ClientBase,
        max: options.maxConnections,
        // One connection stays open: on a server with few connections, another program could take its place.
        min: 1,
    });
    // An idle connection that the server closes is replaced at the next use; without a listener it would end the process.
    pool.on("error", () => undefined);
    const closing = new AbortController();
    const close = async (): Promise<boolean> => {
        let isCut = false;
        closing.abort(makeInterruption());
        const timer = setTimeout(() => {
            isCut = clients.size > 0;
            for (const client of clients) {
                cutOff(client);
            }
        }, closeMs);
        await pool.end();
        // The pool does not wait until the connections are closed, and the next program may need their places.
        await Promise.all([...clients].map((client) => new Promise((resolve) => client.once("end", resolve))));
        clearTimeout(timer);
        return isCut;
    };
    try {
        return { close, ...(await connect(pool, target, options, closing.signal)) };
    } catch (error) {
        await close();
        throw error;
    }
}

/** Ends a connection without telling the server, which may be busy. */
function cutOff(client: ClientBase): void {
    const { connection } = client as unknown as { readonly connection: { readonly stream: { destroy(): void } } };
    connection.stream.destroy();
}

async function connect(
    pool: pg.Pool,
    target: Target,
    options: DatabaseOptions,
    closing: AbortSignal,
): Promise<SessionState & { readonly database: Database }> {
    const unknown = makeDatabase(pool, target, options, closing, { serverVersion: 0, whyNotWritable: null });
    const { serverVersion, begun } = await unknown.run(
        async (connection, begun) => {
            const { rows } = await connection.query<{ version: string }>(
                "select current_setting('server_version_num') as version",
            );
            return { serverVersion: Number(rows[0]?.version), begun };
        },
        { isRehearsal: true },
        "any",
    );
    if (serverVersion < oldestServerVersion) {
        throw new StardeckError(`${target.name} is PostgreSQL ${Math.floor(serverVersion / 10_000)}.`, {
            code: "no-database",
            hint: "stardeck needs PostgreSQL 15 or later.",
        });
    }
    const whyNotWritable = begun.isReadOnly ? makeNotWritableError(target.name, begun.isStandby) : null;
    const { database } = makeDatabase(pool, target, options, closing, { serverVersion, whyNotWritable });
    return {
        database: options.isReadOnly === true ? makeReadOnly(database) : database,
        isStandby: begun.isStandby,
        isReadOnly: begun.isReadOnly,
    };
}

type RunTransaction = <T>(
    use: (connection: Connection, begun: Begun) => Promise<T>,
    options?: TransactionOptions,
    access?: "any" | "read only" | "writable",
) => Promise<T>;

/** @param closing aborted when the database is closed, to cancel everything that still runs */
function makeDatabase(
    pool: pg.Pool,
    target: Target,
    options: DatabaseOptions,
    closing: AbortSignal,
    { serverVersion, whyNotWritable }: Pick<Database, "serverVersion" | "whyNotWritable">,
): { readonly database: Database; readonly run: RunTransaction } {
    const { name } = target;
    const ownPids = new Set<number>();
    const limitListeners: ((connectionCount: number) => void)[] = [];

    /** A connection of the pool. When the server refuses a new one, waits until one of ours is free. */
    async function connectOrWait(): Promise<PoolClient> {
        for (;;) {
            try {
                return await pool.connect();
            } catch (error) {
                if (!isOutOfConnections(error) || pool.totalCount === 0) {
                    throw error;
                }
                limitPool();
            }
        }
    }

    function limitPool(): void {
        pool.options.max = pool.totalCount;
        setTimeout(() => {
            pool.options.max = options.maxConnections;
        }, limitMs).unref();
        limitListeners.forEach((listener) => {
            listener(pool.totalCount);
        });
    }

    /** A connection of the pool. If `signal` is aborted first, the connection is given back when it arrives. */
    async function takeClient(signal: AbortSignal): Promise<LentClient> {
        throwIfAborted(signal);
        const connecting = connectOrWait();
        let client: PoolClient;
        try {
            client = await orAborted(connecting, signal);
        } catch (error) {
            if (signal.aborted) {
                connecting.then(
                    (late) => {
                        late.release();
                    },
                    () => undefined,
                );
            }
            throw wrapConnectError(error, name);
        }
        return {
            client,
            giveBack: (isUsable) => {
                client.release(!isUsable);
            },
        };
    }

    function makeLane(client: PoolClient, timeoutMs: number, begun: Transaction["begun"]): StatementLane {
        const { cancel } = target;
        if (cancel === undefined) {
            return makeStatementLane(makeCancelRequest(client, target.client, begun), 0);
        }
        const { processID } = client as unknown as { readonly processID: number };
        // While the embedded database runs a statement its own timers do not fire, so the limit is watched here.
        return makeStatementLane(() => cancel(processID), timeoutMs);
    }

    function makeLentTransaction(
        client: PoolClient,
        { statementTimeoutMs = options.statementTimeoutMs, isolation = "read committed" }: TransactionOptions,
        start: Pick<TransactionStart, "access" | "roleSettings" | "takesOneStatement">,
    ): Transaction {
        const lane = makeLane(client, statementTimeoutMs, () => transaction.begun());
        const transaction: Transaction = makeTransaction(
            client,
            lane,
            { ...start, statementTimeoutMs, isolation, serverVersion, flushesBegun: target.cancel === undefined },
            name,
            ({ backendPid }) => ownPids.add(backendPid),
        );
        return transaction;
    }

    /** Begins a transaction. If the server has closed the connection while it was idle, tries another one. */
    async function begin(
        transactionOptions: TransactionOptions,
        access: TransactionStart["access"],
        signal: AbortSignal,
    ): Promise<BegunTransaction> {
        let lost: unknown = null;
        for (let attempt = 1; ; attempt++) {
            const { client, giveBack } = await takeClient(signal).catch((error: unknown) => {
                // Where nobody answers any more, the loss tells more.
                throw signal.aborted ? error : (lost ?? error);
            });
            const start = { access, roleSettings: [], takesOneStatement: false };
            const transaction = makeLentTransaction(client, transactionOptions, start);
            try {
                return { client, giveBack, transaction, begun: await transaction.begin(signal) };
            } catch (error) {
                const isEnded = await transaction.end("rollback").then(
                    () => true,
                    () => false,
                );
                giveBack(isEnded);
                lost = error;
                if (attempt > options.maxConnections || !(error instanceof ConnectionError)) {
                    throw error;
                }
            }
        }
    }

    const run: RunTransaction = async (use, transactionOptions = {}, access = "writable") => {
        const signal = withClosing(transactionOptions.signal);
        const { transaction, begun, giveBack } = await begin(
            transactionOptions,
            access === "read only" ? access : "default",
            signal,
        );
        let isUsable = true;
        try {
            if (access === "writable" && begun.isReadOnly) {
                throw makeNotWritableError(name, begun.isStandby);
            }
            const result = await use(makeConnection(transaction, signal), begun);
            throwIfAborted(signal);
            await transaction.end(transactionOptions.isRehearsal === true ? "rollback" : "commit");
            return result;
        } catch (error) {
            await transaction.end("rollback").catch(() => {
                isUsable = false;
            });
            throw error;
        } finally {
            giveBack(isUsable);
        }
    };

    async function readOnce<T>(
        use: (connection: Connection) => Promise<T>,
        { roleSettings = [], isGuarded = false, ...transactionOptions }: ReadOnlyTransactionOptions,
        signal: AbortSignal,
    ): Promise<T> {
        const { client, giveBack } = await takeClient(signal);
        const transaction = makeLentTransaction(client, transactionOptions, {
            access: "read only",
            roleSettings,
            takesOneStatement: true,
        });
        try {
            const role = makeConnection(transaction, signal, "role");
            return await use(isGuarded ? guardReads(role, makeConnection(transaction, signal, "pinned")) : role);
        } finally {
            // The rollback also undoes settings that a function changed for the session. Nobody has to wait for it.
            void transaction.end("rollback").then(
                () => {
                    giveBack(true);
                },
                () => {
                    giveBack(false);
                },
            );
        }
    }

    async function withReadOnlyTransaction<T>(
        use: (connection: Connection) => Promise<T>,
        { signal, timeoutMs, statementTimeoutMs = timeoutMs, ...others }: ReadOnlyTransactionOptions = {},
    ): Promise<T> {
        const late = new AbortController();
        const timer =
            timeoutMs === undefined || timeoutMs === 0
                ? undefined
                : setTimeout(() => {
                      late.abort(new ReadTimeoutError(timeoutMs));
                  }, timeoutMs);
        const stop = AbortSignal.any([withClosing(signal), late.signal]);
        try {
            return await retryLostReads(() => readOnce(use, { ...others, statementTimeoutMs }, stop), stop);
        } catch (error) {
            const isLate = timer !== undefined && error instanceof StatementError && error.sqlState === "57014";
            throw isLate && !stop.aborted ? new ReadTimeoutError(timeoutMs ?? 0, error) : error;
        } finally {
            clearTimeout(timer);
        }
    }

    function withClosing(signal: AbortSignal | undefined): AbortSignal {
        return signal === undefined ? closing : AbortSignal.any([signal, closing]);
    }

    async function maintain(sql: string): Promise<unknown> {
        const { client, giveBack } = await takeClient(closing);
        const lane = makeLane(client, 0, () => null);
        try {
            return await lane.run(
                sql,
                () => sendStatement(client, { sql, parameters: [], isText: false }, name),
                closing,
            );
        } finally {
            await lane.whenIdle();
            giveBack(true);
        }
    }

    async function withClient<T>(
        use: (client: ClientBase, given: Pick<DatabaseOptions, "statementTimeoutMs">) => Promise<T>,
    ): Promise<T> {
        const { client, giveBack } = await takeClient(closing);
        let isUsable = true;
        try {
            return await use(client, options);
        } finally {
            // Ends a transaction that was left open; without one PostgreSQL only warns.
            await client.query("rollback").catch(() => {
                isUsable = false;
            });
            giveBack(isUsable);
        }
    }

    const database: Database = {
        kind: target.kind,
        name,
        serverVersion,
        isReadOnly: false,
        whyNotWritable,
        clientConfig: target.client,
        withClient,
        onLimit: (listener) => {
            limitListeners.push(listener);
        },
        query: (sql, parameters) => run((connection) => connection.query(sql, parameters), {}, "any"),
        maintain,
        withTransaction: (use, transaction = {}) =>
            run((connection) => use(connection), transaction, transaction.readOnly === true ? "read only" : "writable"),
        withReadOnlyTransaction,
        backendPids: () => [...ownPids],
    };
    return { database, run };
}

interface LentClient {
    readonly client: PoolClient;
    readonly giveBack: (isUsable: boolean) => void;
}

interface BegunTransaction extends LentClient {
    readonly transaction: Transaction;
    readonly begun: Begun;
}

/** How long no further connection is asked for after the server refused one. */
const limitMs = 60_000;

const readRetryPausesMs = [100, 400, 1500];

async function retryLostReads<T>(read: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (const pauseMs of readRetryPausesMs) {
        try {
            return await read();
        } catch (error) {
            if (signal.aborted) {
                throw reasonOf(signal);
            }
            if (!(error instanceof ConnectionError) || !isConnectionLoss(error.cause)) {
                throw error;
            }
            await orAborted(new Promise((resolve) => setTimeout(resolve, pauseMs)), signal);
        }
    }
    return read();
}
