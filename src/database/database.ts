import pg from "pg";
import type { ClientBase, ClientConfig, PoolClient } from "pg";
import type { DatabaseSettings } from "../config/settings.js";
import { makeConnection, makeTypes, type Connection } from "./connection.js";
import type { Database, DatabaseOptions, TransactionOptions } from "./contract.js";
import { holdsDatabase } from "./embedded/layout.js";
import { openEmbedded } from "./embedded/open-embedded.js";
import { ConnectionError, isConnectionLoss, StardeckError, wrapConnectError } from "./errors.js";
import { makeReadOnly } from "./read-only.js";
import { limitStatements } from "./statement-limit.js";

export type { Database, DatabaseOptions, TransactionOptions } from "./contract.js";

// text[] is 1009; the type declarations name only scalar types.
const dataTypes = makeTypes(pg.types.getTypeParser(1009 as never) as (text: string) => unknown);

const oldestServerVersion = 150_000;

/**
 * Opens the database, lends it, and closes it whatever happens.
 *
 * @throws StardeckError `no-database` when it cannot be reached, is older than PostgreSQL 15, or refuses us.
 */
export async function withDatabase<T>(
    settings: DatabaseSettings,
    options: DatabaseOptions,
    use: (database: Database) => Promise<T>,
): Promise<T> {
    if (settings.kind === "embedded") {
        if (options.isReadOnly === true && !holdsDatabase(settings.folder)) {
            throw new StardeckError(`There is no database in ${settings.folder} yet, and nothing may be written.`, {
                code: "no-database",
                hint: "Leave --read-only out once to make it, see `stardeck demo`, or name a server with --database-url.",
            });
        }
        const server = await openEmbedded(settings.folder);
        try {
            const target: Target = {
                kind: "embedded",
                name: "embedded",
                client: server.connection,
                cancel: (backendPid) => server.cancel(backendPid),
            };
            return await withPool(target, options, use);
        } catch (error) {
            throw error instanceof ConnectionError ? server.explainLoss(error) : error;
        } finally {
            await server.close();
        }
    }
    const target = { kind: settings.kind, name: settings.name, client: settings.client };
    try {
        return await withPool(target, options, use);
    } catch (error) {
        if (
            settings.mayFallBackToPlain &&
            error instanceof ConnectionError &&
            error.message.includes("does not offer TLS")
        ) {
            return withPool({ ...target, client: { ...settings.client, ssl: false } }, options, use);
        }
        throw error;
    }
}

interface Target {
    readonly kind: Database["kind"];
    readonly name: string;
    readonly client: ClientConfig;
    /** How to cancel a statement where SQL on another connection cannot. */
    readonly cancel?: (backendPid: number) => Promise<boolean>;
}

async function withPool<T>(
    target: Target,
    options: DatabaseOptions,
    use: (database: Database) => Promise<T>,
): Promise<T> {
    const clientConfig: ClientConfig = {
        ...target.client,
        application_name: "stardeck",
        connectionTimeoutMillis: options.connectTimeoutMs,
        keepAlive: true,
    };
    const pool = new pg.Pool({
        ...clientConfig,
        max: options.maxConnections,
        types: dataTypes,
        // The session must not depend on the server's defaults; set by statements because poolers refuse startup options.
        // The pool waits for this promise, though its type says void.
        onConnect: ((client: ClientBase) =>
            client.query(
                `set time zone 'UTC'; set datestyle = 'ISO, MDY'; set intervalstyle = 'postgres';
                 set extra_float_digits = 1; set client_min_messages = 'warning'`,
            )) as (client: ClientBase) => void,
    });
    // An idle connection that the server closes is replaced at the next use; without a listener it would end the process.
    pool.on("error", () => undefined);
    try {
        const database = await connect(pool, { ...target, client: clientConfig }, options);
        return await use(database);
    } finally {
        await pool.end();
    }
}

async function connect(pool: pg.Pool, target: Target, options: DatabaseOptions): Promise<Database> {
    const database = makeDatabase(pool, target, options);
    const { rows } = await database.query<{ version: string }>(
        "select current_setting('server_version_num') as version",
    );
    const serverVersion = Number(rows[0]?.version);
    if (serverVersion < oldestServerVersion) {
        throw new StardeckError(`${target.name} is PostgreSQL ${Math.floor(serverVersion / 10_000)}.`, {
            code: "no-database",
            hint: "stardeck needs PostgreSQL 15 or later.",
        });
    }
    const opened = { ...database, serverVersion };
    return options.isReadOnly === true ? makeReadOnly(opened) : opened;
}

function makeDatabase(pool: pg.Pool, target: Target, options: DatabaseOptions): Database {
    const { name } = target;

    async function withConnection<T>(use: (connection: Connection) => Promise<T>): Promise<T> {
        let client: PoolClient;
        try {
            client = await pool.connect();
        } catch (error) {
            throw wrapConnectError(error, name);
        }
        // A connection lost between two statements reports it here; the next statement then fails with its own error.
        const ignoreLoss = (): void => undefined;
        client.on("error", ignoreLoss);
        let failure: unknown;
        try {
            return await use(makeConnection(client, name));
        } catch (error) {
            failure = error;
            throw error;
        } finally {
            client.off("error", ignoreLoss);
            client.release(failure instanceof ConnectionError);
        }
    }

    function withTransaction<T>(
        use: (connection: Connection) => Promise<T>,
        {
            readOnly = false,
            statementTimeoutMs = options.statementTimeoutMs,
            isolation,
            isRehearsal = false,
        }: TransactionOptions = {},
    ): Promise<T> {
        return withConnection(async (lent) => {
            const level = isolation === undefined ? "" : ` isolation level ${isolation}`;
            await lent.query(`begin${level} ${readOnly ? "read only" : "read write"}`);
            try {
                // Settings of the transaction, not of the session: all clients of the embedded database share one session.
                const { rows } = await lent.query<{ backendPid: number }>(
                    `select set_config('statement_timeout', $1, true), pg_backend_pid() as "backendPid"`,
                    [String(statementTimeoutMs)],
                );
                const { cancel } = target;
                // A pooler's greeting names a process of its own making, and every transaction may have another backend.
                const connection =
                    cancel === undefined ? { ...lent, backendPid: rows[0]?.backendPid ?? lent.backendPid } : lent;
                const { backendPid } = connection;
                const isLimitedHere = cancel !== undefined && backendPid !== null && statementTimeoutMs > 0;
                const result = await use(
                    isLimitedHere
                        ? limitStatements(connection, statementTimeoutMs, () => cancel(backendPid))
                        : connection,
                );
                await connection.query(isRehearsal ? "rollback" : "commit");
                return result;
            } catch (error) {
                if (!(error instanceof ConnectionError)) {
                    await lent.query("rollback");
                }
                throw error;
            }
        });
    }

    return {
        kind: target.kind,
        name,
        serverVersion: 0,
        isReadOnly: false,
        clientConfig: target.client,
        query: (sql, parameters) => withConnection((connection) => connection.query(sql, parameters)),
        withConnection,
        withTransaction,
        withReadOnlyTransaction: (use, transaction) =>
            // Nothing to commit; and what set_config changed for the session goes with the rollback.
            retryLostReads(() => withTransaction(use, { ...transaction, readOnly: true, isRehearsal: true })),
        cancel:
            target.cancel ??
            (async (backendPid) => {
                const { rows } = await withConnection((connection) =>
                    connection.query<{ isSent: boolean }>('select pg_cancel_backend($1) as "isSent"', [backendPid]),
                );
                return rows[0]?.isSent === true;
            }),
    };
}

const readRetryPausesMs = [100, 400, 1500];

async function retryLostReads<T>(read: () => Promise<T>): Promise<T> {
    for (const pauseMs of readRetryPausesMs) {
        try {
            return await read();
        } catch (error) {
            if (!(error instanceof ConnectionError) || !isConnectionLoss(error.cause)) {
                throw error;
            }
            await new Promise((resolve) => setTimeout(resolve, pauseMs));
        }
    }
    return read();
}
