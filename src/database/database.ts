import pg from "pg";
import type { ClientBase, PoolClient, QueryResult } from "pg";
import type { DatabaseSettings } from "../config/settings.js";
import { makeConnection, makeTypes, type Connection, type Row, type StatementsAtATime } from "./connection.js";
import type { Database, DatabaseOptions, ReadOnlyTransactionOptions, TransactionOptions } from "./contract.js";
import { openEmbedded, type EmbeddedServer } from "./embedded/open-embedded.js";
import {
    ConnectionError,
    isConnectionLoss,
    makeNotWritableError,
    StardeckError,
    wrapConnectError,
    wrapStatementError,
} from "./errors.js";
import { guardReads } from "./read-only/guard-reads.js";
import { makeReadOnly } from "./read-only/make-read-only.js";
import { splitBySettings } from "./role-settings.js";
import { buildBeginSql, type BeginOptions, type Begun } from "./session-settings.js";
import { connectToServer, type SessionState } from "./server/connect-to-server.js";
import { ServerClient, type ServerClientConfig } from "./server/server-client.js";
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
                client: makeEmbeddedConfig(server, options.connectTimeoutMs),
                cancel: (backendPid) => server.cancel(backendPid),
            };
            return await useAndClose(await openPool(target, options), use);
        } catch (error) {
            throw error instanceof ConnectionError ? server.explainLoss(error) : error;
        } finally {
            await server.close();
        }
    }
    const opened = await connectToServer(
        settings,
        options.connectTimeoutMs,
        (client, name) => openPool({ kind: "server", name, client }, options),
        (other) => other.pool.end(),
    );
    return useAndClose(opened, use);
}

function makeEmbeddedConfig({ connection }: EmbeddedServer, connectTimeoutMs: number): ServerClientConfig {
    return {
        ...connection,
        password: () => "",
        // What is not said here pg would take from PG* variables, which are about another server.
        ssl: false,
        sslnegotiation: "postgres",
        application_name: "stardeck",
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
    readonly pool: pg.Pool;
    readonly database: Database;
}

async function useAndClose<T>({ pool, database }: Opened, use: (database: Database) => Promise<T>): Promise<T> {
    try {
        return await use(database);
    } finally {
        await pool.end();
    }
}

interface Target {
    readonly kind: Database["kind"];
    readonly name: string;
    readonly client: ServerClientConfig;
    /** How to cancel a statement where SQL on another connection cannot. */
    readonly cancel?: (backendPid: number) => Promise<boolean>;
}

async function openPool(target: Target, options: DatabaseOptions): Promise<Opened> {
    const pool = new pg.Pool({
        ...target.client,
        // The pool hands its own options to the constructor, which its type does not say.
        Client: ServerClient as unknown as new () => ClientBase,
        max: options.maxConnections,
        types: dataTypes,
    });
    // An idle connection that the server closes is replaced at the next use; without a listener it would end the process.
    pool.on("error", () => undefined);
    try {
        return { pool, ...(await connect(pool, target, options)) };
    } catch (error) {
        await pool.end();
        throw error;
    }
}

async function connect(pool: pg.Pool, target: Target, options: DatabaseOptions): Promise<Omit<Opened, "pool">> {
    const unknown = makeDatabase(pool, target, options, { serverVersion: 0, whyNotWritable: null });
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
    const { database } = makeDatabase(pool, target, options, { serverVersion, whyNotWritable });
    return {
        database: options.isReadOnly === true ? makeReadOnly(database) : database,
        isStandby: begun.isStandby,
        isReadOnly: begun.isReadOnly,
    };
}

type RunTransaction = <T>(
    use: (connection: Connection, begun: Begun, control: Connection) => Promise<T>,
    options?: TransactionOptions,
    access?: "any" | "read only" | "writable",
    statementsAtATime?: StatementsAtATime,
) => Promise<T>;

function makeDatabase(
    pool: pg.Pool,
    target: Target,
    options: DatabaseOptions,
    { serverVersion, whyNotWritable }: Pick<Database, "serverVersion" | "whyNotWritable">,
): { readonly database: Database; readonly run: RunTransaction } {
    const { name } = target;
    const ownPids = new Set<number>();

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

    const run: RunTransaction = (
        use,
        { statementTimeoutMs = options.statementTimeoutMs, isolation = "read committed", isRehearsal = false } = {},
        access = "writable",
        statementsAtATime = "any",
    ) =>
        withClient(async (client) => {
            const control = makeConnection(client, name);
            const lent = makeConnection(client, name, statementsAtATime);
            try {
                const begun = await begin(client, name, {
                    statementTimeoutMs,
                    isolation,
                    access: access === "read only" ? access : "default",
                    serverVersion,
                });
                if (access === "writable" && begun.isReadOnly) {
                    throw makeNotWritableError(name, begun.isStandby);
                }
                const { cancel } = target;
                // A pooler's greeting names a process of its own making, and every transaction may have another backend.
                const connection = cancel === undefined ? { ...lent, backendPid: begun.backendPid } : lent;
                const { backendPid } = connection;
                own(connection);
                const isLimitedHere = cancel !== undefined && backendPid !== null && statementTimeoutMs > 0;
                const result = await use(
                    isLimitedHere
                        ? limitStatements(connection, statementTimeoutMs, () => cancel(backendPid))
                        : connection,
                    begun,
                    control,
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

    function withReadOnlyTransaction<T>(
        use: (connection: Connection) => Promise<T>,
        transaction: ReadOnlyTransactionOptions = {},
    ): Promise<T> {
        const { roleSettings = [], isGuarded = false } = transaction;
        return retryLostReads(() =>
            run(
                (connection, _begun, control) => {
                    const { pinned, role } = splitBySettings(connection, control, roleSettings);
                    return use(isGuarded ? guardReads(role, pinned) : role);
                },
                // Nothing to commit; and what a function changed for the session goes with the rollback.
                { ...transaction, isRehearsal: true },
                "read only",
                "single",
            ),
        );
    }

    async function cancelBySql(backendPid: number): Promise<boolean> {
        const { rows } = await run(
            (connection) =>
                connection.query<{ isSent: boolean }>('select pg_cancel_backend($1) as "isSent"', [backendPid]),
            { isRehearsal: true },
            "read only",
        );
        return rows[0]?.isSent === true;
    }

    const database: Database = {
        kind: target.kind,
        name,
        serverVersion,
        isReadOnly: false,
        whyNotWritable,
        clientConfig: { ...target.client, connectionTimeoutMillis: options.connectTimeoutMs },
        query: (sql, parameters) => run((connection) => connection.query(sql, parameters), {}, "any"),
        maintain: (sql) => withClient((client) => makeConnection(client, name).query(sql)),
        withTransaction: (use, transaction = {}) =>
            run((connection) => use(connection), transaction, transaction.readOnly === true ? "read only" : "writable"),
        withReadOnlyTransaction,
        backendPids: () => [...ownPids],
        cancel: async (backendPid) => ownPids.has(backendPid) && (target.cancel ?? cancelBySql)(backendPid),
    };
    return { database, run };
}

async function begin(client: PoolClient, name: string, options: BeginOptions): Promise<Begun> {
    const sql = buildBeginSql(options);
    try {
        // A text of several statements gives several results, which the types do not know.
        const [, settings] = (await client.query<Begun & Row>(sql)) as unknown as readonly QueryResult<Begun & Row>[];
        const [begun] = settings?.rows ?? [];
        if (begun === undefined) {
            throw new Error("the server has not answered to the beginning of a transaction");
        }
        return begun;
    } catch (error) {
        throw wrapStatementError(error, sql, name);
    }
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
