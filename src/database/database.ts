import pg from "pg";
import type { ClientBase, ClientConfig, PoolClient } from "pg";
import type { DatabaseSettings } from "../config/settings.js";
import { makeConnection, makeTypes, type Connection, type StatementsAtATime } from "./connection.js";
import type { Database, DatabaseOptions, TransactionOptions } from "./contract.js";
import { openEmbedded } from "./embedded/open-embedded.js";
import { ConnectionError, isConnectionLoss, StardeckError, wrapConnectError } from "./errors.js";
import { makeReadGuard } from "./read-only/guard-reads.js";
import { makeReadOnly } from "./read-only/make-read-only.js";
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
        const { isReadOnly = false, server: opening = openEmbedded(settings.folder, { mustExist: isReadOnly }) } =
            options;
        const server = await opening;
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
                `begin read only;
                 set time zone 'UTC'; set datestyle = 'ISO, MDY'; set intervalstyle = 'postgres';
                 set extra_float_digits = 1; set client_min_messages = 'warning';
                 commit`,
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
    const { rows } = await database.withTransaction(
        (connection) =>
            connection.query<{ version: string }>("select current_setting('server_version_num') as version"),
        { readOnly: true },
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
    const ownPids = new Set<number>();
    const guard = makeReadGuard(options.isReadOnly === true, () => performance.now());

    const own = ({ backendPid }: Connection): void => {
        if (backendPid !== null) {
            ownPids.add(backendPid);
        }
    };

    async function withClient<T>(use: (client: PoolClient) => Promise<T>): Promise<T> {
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
            return await use(client);
        } catch (error) {
            failure = error;
            throw error;
        } finally {
            client.off("error", ignoreLoss);
            client.release(failure instanceof ConnectionError);
        }
    }

    const withConnection = <T>(use: (connection: Connection) => Promise<T>): Promise<T> =>
        withClient((client) => {
            const connection = makeConnection(client, name);
            own(connection);
            return use(connection);
        });

    function withTransaction<T>(
        use: (connection: Connection) => Promise<T>,
        {
            readOnly = false,
            statementTimeoutMs = options.statementTimeoutMs,
            isolation,
            isRehearsal = false,
        }: TransactionOptions = {},
        statementsAtATime: StatementsAtATime = "any",
    ): Promise<T> {
        return withClient(async (client) => {
            const control = makeConnection(client, name);
            const lent = makeConnection(client, name, statementsAtATime);
            const level = isolation === undefined ? "" : ` isolation level ${isolation}`;
            await control.query(`begin${level} ${readOnly ? "read only" : "read write"}`);
            try {
                // Settings of the transaction, not of the session: all clients of the embedded database share one session.
                // This query takes the snapshot after which nothing makes a READ ONLY transaction a writing one.
                const { rows } = await control.query<{ backendPid: number }>(
                    `select
                        set_config('statement_timeout', $1, true),
                        set_config('standard_conforming_strings', 'on', true),
                        pg_backend_pid() as "backendPid"`,
                    [String(statementTimeoutMs)],
                );
                const { cancel } = target;
                // A pooler's greeting names a process of its own making, and every transaction may have another backend.
                const connection =
                    cancel === undefined ? { ...lent, backendPid: rows[0]?.backendPid ?? lent.backendPid } : lent;
                const { backendPid } = connection;
                own(connection);
                const isLimitedHere = cancel !== undefined && backendPid !== null && statementTimeoutMs > 0;
                const result = await use(
                    isLimitedHere
                        ? limitStatements(connection, statementTimeoutMs, () => cancel(backendPid))
                        : connection,
                );
                await control.query(isRehearsal ? "rollback" : "commit");
                return result;
            } catch (error) {
                if (!(error instanceof ConnectionError)) {
                    await control.query("rollback");
                }
                throw error;
            }
        });
    }

    function withReadOnlyTransaction<T>(
        use: (connection: Connection) => Promise<T>,
        transaction: TransactionOptions = {},
    ): Promise<T> {
        // Nothing to commit; and what a function changed for the session goes with the rollback.
        const readOnly = { ...transaction, readOnly: true, isRehearsal: true };
        return retryLostReads(() => withTransaction((connection) => use(guard(connection)), readOnly, "single"));
    }

    async function cancelBySql(backendPid: number): Promise<boolean> {
        const { rows } = await withTransaction(
            (connection) =>
                connection.query<{ isSent: boolean }>('select pg_cancel_backend($1) as "isSent"', [backendPid]),
            { readOnly: true, isRehearsal: true },
        );
        return rows[0]?.isSent === true;
    }

    return {
        kind: target.kind,
        name,
        serverVersion: 0,
        isReadOnly: false,
        clientConfig: target.client,
        query: (sql, parameters) => withConnection((connection) => connection.query(sql, parameters)),
        withConnection,
        withTransaction: (use, transaction) => withTransaction(use, transaction),
        withReadOnlyTransaction,
        cancel: async (backendPid) => ownPids.has(backendPid) && (target.cancel ?? cancelBySql)(backendPid),
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
