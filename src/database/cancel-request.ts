import pg from "pg";
import type { ClientBase, ClientConfig } from "pg";
import { ServerClient, type ServerClientConfig } from "./server/server-client.js";
import type { Begun } from "./session-settings.js";
import type { AskToCancel } from "./statement-lane.js";

/** A request that gets no answer within this time is lost. */
const answerMs = 2000;

/**
 * Cancels what a client runs. Attempts alternate between the protocol's CancelRequest, which needs no login, and
 * pg_cancel_backend, for poolers that do not pass a CancelRequest on.
 *
 * @param begun the client's transaction; null while it is not known
 */
export function makeCancelRequest(
    client: ClientBase,
    clientConfig: ServerClientConfig,
    begun: () => Begun | null,
): AskToCancel {
    return async (attempt) => {
        const known = begun();
        await (attempt % 2 === 1 && known !== null
            ? requestBySql(clientConfig, known)
            : requestByProtocol(client as unknown as PgClient, clientConfig));
    };
}

/** Members of pg's client and connection that its types leave out. */
interface PgClient {
    readonly host: string;
    readonly port: number;
    readonly processID: number;
    readonly secretKey: number;
    readonly connection: { readonly ssl: unknown; readonly sslNegotiation?: string };
}

interface PgConnection {
    readonly stream: { destroy(): void };
    connect(port: number | string, host?: string): void;
    requestSsl(): void;
    cancel(processId: number, secretKey: number): void;
    on(event: "connect" | "sslconnect" | "error" | "end", listener: () => void): void;
}

/** https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS */
async function requestByProtocol(client: PgClient, { stream }: ClientConfig): Promise<void> {
    const { ssl, sslNegotiation } = client.connection;
    const connection = new pg.Connection({ ssl, sslNegotiation, stream } as ClientConfig) as unknown as PgConnection;
    const timer = setTimeout(() => {
        connection.stream.destroy();
    }, answerMs);
    try {
        // The server answers nothing: it closes the connection once it has sent the signal.
        await new Promise<void>((resolve) => {
            const send = (): void => {
                connection.cancel(client.processID, client.secretKey);
            };
            connection.on("connect", () => {
                if (!hasTls(ssl)) {
                    send();
                } else if (sslNegotiation !== "direct") {
                    connection.requestSsl();
                }
            });
            connection.on("sslconnect", send);
            connection.on("error", resolve);
            connection.on("end", resolve);
            if (client.host.startsWith("/")) {
                connection.connect(`${client.host}/.s.PGSQL.${client.port}`);
            } else {
                connection.connect(client.port, client.host);
            }
        });
    } finally {
        clearTimeout(timer);
        connection.stream.destroy();
    }
}

function hasTls(ssl: unknown): boolean {
    return ssl !== undefined && ssl !== null && ssl !== false;
}

async function requestBySql(clientConfig: ServerClientConfig, { backendPid, startedAt }: Begun): Promise<void> {
    const other = new ServerClient({ ...clientConfig, connectTimeoutMs: answerMs, query_timeout: answerMs });
    other.on("error", () => undefined);
    try {
        await other.connect();
        // Behind a load balancer, the same process id may belong to another client on another server.
        await other.query(
            `select pg_catalog.pg_cancel_backend(pid) from pg_catalog.pg_stat_activity
            where pid operator(pg_catalog.=) $1
                and pg_catalog.date_part('epoch', xact_start)::pg_catalog.text operator(pg_catalog.=) $2`,
            [backendPid, startedAt],
        );
    } finally {
        await other.end();
    }
}
