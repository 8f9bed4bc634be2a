import pg from "pg";
import type { ClientConfig } from "pg";
import type { AuthenticationMethod, ServerSettings } from "../../config/server-settings.js";
import { ConnectionError } from "../errors.js";

/** How to connect, and how the server must prove itself before it gets a password. */
export interface ServerClientConfig extends ClientConfig {
    readonly rules: AuthenticationRules;
    /** Not pg's `connectionTimeoutMillis`, which would also limit the wait for a free connection of a pool. */
    readonly connectTimeoutMs: number;
    /** Called after connecting with the backend's process id as pg knows it. */
    readonly onConnected?: (backendPid: number) => void;
}

export type AuthenticationRules = Pick<ServerSettings, "allowedAuthentication" | "channelBinding"> & {
    readonly isTls: boolean;
    readonly startsDirectly: boolean;
    readonly serverName: string;
};

/** A connection of `pg` that obeys `require_auth` and `channel_binding` as libpq does. */
export class ServerClient extends pg.Client {
    constructor(config: ServerClientConfig) {
        // Named explicitly, because the pool hides the password from copies of its options.
        super({ ...config, password: config.password, connectionTimeoutMillis: config.connectTimeoutMs });
        // With an empty text, pg would use the variable PGOPTIONS, which the settings have already considered.
        Object.assign(this, {
            connectionParameters: Object.assign((this as unknown as PgInternals).connectionParameters, {
                options: config.options,
            }),
        });
        // What ends a connection between two statements is reported here, even before anybody has the client in hand; the next statement
        // fails with an error of its own. Without a listener the process would end.
        this.on("error", () => undefined);
        watchAuthentication(this.connection, config.rules);
        this.once("connect", () => {
            config.onConnected?.((this as unknown as PgInternals).processID);
        });
    }
}

interface PgInternals {
    readonly processID: number;
    readonly connectionParameters: object;
}

const methodOfEvent: Readonly<Record<string, AuthenticationMethod>> = {
    authenticationCleartextPassword: "password",
    authenticationMD5Password: "md5",
    authenticationSASL: "scram-sha-256",
};

/** Checks the server's authentication request before `pg` answers it, and closes the connection if it is not allowed. */
function watchAuthentication(connection: pg.Connection, rules: AuthenticationRules): void {
    const emit = connection.emit.bind(connection);
    let asked: AuthenticationMethod = "none";
    let isComplete = true;
    connection.emit = (event: string, ...values: unknown[]): boolean => {
        let problem: string | null = null;
        const method = methodOfEvent[event];
        if (method !== undefined) {
            asked = method;
            isComplete = method !== "scram-sha-256";
            problem = findRequestProblemOrNull(method, values[0], rules) ?? findAlpnProblemOrNull(connection, rules);
        } else if (event === "authenticationSASLFinal") {
            isComplete = true;
        } else if (event === "authenticationOk") {
            problem = isComplete
                ? findEndProblemOrNull(asked, rules)
                : "The server did not finish the exchange of scram-sha-256.";
        }
        if (problem === null) {
            return emit(event, ...values);
        }
        const error = new ConnectionError(`${rules.serverName} cannot be trusted: ${problem}`, {
            hint: "Check that this is the server you mean; require_auth and channel_binding say what is demanded of it.",
            cause: undefined,
        });
        connection.stream.destroy();
        return emit("error", error);
    };
}

function findRequestProblemOrNull(
    method: AuthenticationMethod,
    message: unknown,
    { allowedAuthentication, channelBinding, isTls }: AuthenticationRules,
): string | null {
    if (allowedAuthentication?.includes(method) === false) {
        return `it asks for authentication by ${method}, and require_auth forbids that.`;
    }
    if (channelBinding !== "require") {
        return null;
    }
    if (!isTls) {
        return "channel binding is required, and the connection is not encrypted.";
    }
    return offersChannelBinding(message) ? null : "channel binding is required, and it offers none.";
}

function offersChannelBinding(message: unknown): boolean {
    return (
        typeof message === "object" &&
        message !== null &&
        "mechanisms" in message &&
        Array.isArray(message.mechanisms) &&
        message.mechanisms.includes("SCRAM-SHA-256-PLUS")
    );
}

function findEndProblemOrNull(
    asked: AuthenticationMethod,
    { allowedAuthentication, channelBinding }: AuthenticationRules,
): string | null {
    if (asked === "none" && allowedAuthentication?.includes("none") === false) {
        return "it lets us in without asking who we are, and require_auth forbids that.";
    }
    return channelBinding === "require" && asked !== "scram-sha-256"
        ? "channel binding is required, and it lets us in without."
        : null;
}

/** With direct TLS, the server must confirm by ALPN that it speaks PostgreSQL's protocol. */
function findAlpnProblemOrNull({ stream }: pg.Connection, { startsDirectly }: AuthenticationRules): string | null {
    return startsDirectly && "alpnProtocol" in stream && stream.alpnProtocol !== "postgresql"
        ? "it took TLS at once without saying that it speaks PostgreSQL's protocol."
        : null;
}
