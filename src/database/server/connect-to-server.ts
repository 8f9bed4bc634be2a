import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { ServerHost, ServerSettings } from "../../config/server-settings.js";
import { ConnectionError, wrapConnectError } from "../errors.js";
import type { ServerClientConfig } from "./server-client.js";
import { loadTlsOptions } from "./tls-options.js";

/** What a new session reports about its server, for `target_session_attrs`. */
export interface SessionState {
    readonly isStandby: boolean;
    /** True on a standby, and when transactions are read-only by default. */
    readonly isReadOnly: boolean;
}

/** Opens a database with `config`; `name` is the server's name for messages. */
export type OpenAttempt<T extends SessionState> = (config: ServerClientConfig, name: string) => Promise<T>;

type Encryption = "tls" | "plain";

interface Failure {
    readonly place: string;
    readonly encryption: Encryption;
    readonly error: ConnectionError;
}

/**
 * Finds the first combination of server, address and encryption that accepts us, in libpq's order:
 * https://www.postgresql.org/docs/17/libpq-connect.html#LIBPQ-MULTIPLE-HOSTS
 * All connections of a database then use it, so that they reach the same server.
 *
 * @param discard closes what was opened on a server of the wrong kind
 * @throws ConnectionError that names the reason for each server that was tried
 */
export async function connectToServer<T extends SessionState>(
    settings: ServerSettings,
    connectTimeoutMs: number,
    open: OpenAttempt<T>,
    discard: (opened: T) => Promise<void>,
): Promise<T> {
    const failures: Failure[] = [];
    const hosts = settings.isOrderRandom ? shuffle(settings.hosts) : settings.hosts;
    const wishes =
        settings.targetSession === "prefer-standby" ? (["standby", "any"] as const) : [settings.targetSession];
    for (const wish of wishes) {
        for (const host of hosts) {
            const opened = await tryHost(host, wish);
            if (opened !== null) {
                return opened;
            }
        }
    }
    throw joinFailures(settings, failures);

    async function tryHost(host: ServerHost, wish: ServerSettings["targetSession"]): Promise<T | null> {
        const name = nameOf(settings, host);
        const fail = (error: unknown, encryption: Encryption): ConnectionError => {
            const wrapped = wrapConnectError(error, name);
            if (!(wrapped instanceof ConnectionError)) {
                throw wrapped;
            }
            failures.push({ place: name, encryption, error: wrapped });
            return wrapped;
        };
        let addresses: readonly string[];
        try {
            addresses = await findAddresses(host, settings.isOrderRandom);
        } catch (error) {
            fail(error, "plain");
            return null;
        }
        for (const address of addresses) {
            let isAnswered = false;
            for (const encryption of encryptionsFor(settings, host)) {
                try {
                    const opened = await open(makeConfig(settings, host, address, encryption, connectTimeoutMs), name);
                    const problem = findSessionProblemOrNull(opened, wish);
                    if (problem === null) {
                        return opened;
                    }
                    await discard(opened);
                    const hint = "target_session_attrs says what is wanted; name another server, or leave it out.";
                    fail(new ConnectionError(`${name} ${problem}.`, { hint, cause: undefined }), encryption);
                    return null;
                } catch (error) {
                    const { reason = "", cause } = fail(error, encryption);
                    if (reason === "57P03") {
                        // Starting up or shutting down: another server may be ready.
                        return null;
                    }
                    if (isUnreachable(reason, cause)) {
                        break;
                    }
                    isAnswered = true;
                }
            }
            if (isAnswered) {
                // When a server has answered and refused us, no other one is tried.
                throw joinFailures(settings, failures);
            }
        }
        return null;
    }
}

function nameOf({ user, database }: ServerSettings, { host, port }: ServerHost): string {
    return `${user}@${host.includes(":") ? `[${host}]` : host}:${port}/${database}`;
}

function isSocket({ host, address }: ServerHost): boolean {
    return address === null && host.startsWith("/");
}

async function findAddresses(host: ServerHost, isOrderRandom: boolean): Promise<readonly string[]> {
    if (isSocket(host)) {
        return [host.host];
    }
    const name = host.address ?? host.host;
    if (isIP(name) !== 0) {
        return [name];
    }
    const found = (await lookup(name, { all: true, verbatim: true })).map(({ address }) => address);
    return isOrderRandom ? shuffle(found) : found;
}

function encryptionsFor({ tls }: ServerSettings, host: ServerHost): readonly Encryption[] {
    if (isSocket(host)) {
        return ["plain"];
    }
    const inMode = { disable: ["plain"], allow: ["plain", "tls"], prefer: ["tls", "plain"] } as const;
    return tls.mode in inMode ? inMode[tls.mode as keyof typeof inMode] : ["tls"];
}

function makeConfig(
    settings: ServerSettings,
    host: ServerHost,
    address: string,
    encryption: Encryption,
    connectTimeoutMs: number,
): ServerClientConfig {
    const { user, database, tls, passwordFileProblem } = settings;
    const isTls = encryption === "tls";
    const serverName = nameOf(settings, host);
    return {
        host: address,
        port: host.port,
        user,
        database,
        // A function, so that pg does not look for a password itself.
        password: () => {
            if (host.password === null) {
                throw new ConnectionError(`${serverName} asks for a password and none was given.`, {
                    hint: passwordFileProblem ?? "Give it in PGPASSWORD, ~/.pgpass or the URL.",
                    cause: undefined,
                });
            }
            return host.password;
        },
        ssl: isTls ? loadTlsOptions(tls, host.host) : false,
        sslnegotiation: isTls && tls.startsDirectly ? "direct" : "postgres",
        enableChannelBinding: isTls && settings.channelBinding !== "disable",
        application_name: settings.applicationName,
        options: settings.options,
        keepAlive: settings.keepAlive,
        keepAliveInitialDelayMillis: settings.keepAliveDelayMs,
        connectTimeoutMs,
        rules: {
            allowedAuthentication: settings.allowedAuthentication,
            channelBinding: settings.channelBinding,
            isTls,
            startsDirectly: isTls && tls.startsDirectly,
            serverName,
        },
    };
}

function findSessionProblemOrNull(
    { isStandby, isReadOnly }: SessionState,
    wish: ServerSettings["targetSession"],
): string | null {
    switch (wish) {
        case "read-write":
            return isReadOnly ? "can only be read" : null;
        case "read-only":
            return isReadOnly ? null : "can be written";
        case "primary":
            return isStandby ? "is a standby" : null;
        case "standby":
            return isStandby ? null : "is no standby";
        case "any":
        case "prefer-standby":
            return null;
    }
}

const unreachable = [
    "ECONNREFUSED",
    "ENOENT",
    "EACCES",
    "EHOSTUNREACH",
    "EHOSTDOWN",
    "ENETUNREACH",
    "EADDRNOTAVAIL",
    "ETIMEDOUT",
];

/** True when no server has answered: another encryption would not help, but another address may. */
function isUnreachable(reason: string, cause: unknown): boolean {
    return unreachable.includes(reason) || (cause instanceof Error && cause.message.includes("timeout expired"));
}

/** A single failure as it is; several joined into one sentence. */
function joinFailures(settings: ServerSettings, failures: readonly Failure[]): ConnectionError {
    const different = failures.filter(
        ({ error, place, encryption }, index) =>
            failures.findIndex((other) => other.error.message === error.message) === index &&
            // Skip "does not offer TLS" when the server was tried without TLS too.
            !(
                error.message.includes("does not offer TLS") &&
                failures.some((other) => other.place === place && other.encryption !== encryption)
            ),
    );
    const last = different.at(-1) ?? failures.at(-1);
    if (last === undefined) {
        return new ConnectionError(`No server is named by ${settings.name}.`, { hint: "Name one.", cause: undefined });
    }
    if (different.length === 1) {
        return last.error;
    }
    const isTriedTwice = new Set(different.map(({ place }) => place)).size < different.length;
    const clauses = different.map(({ encryption, error }) => {
        const sentence = error.message.replace(/\.$/, "");
        return isTriedTwice ? `${encryption === "tls" ? "with TLS" : "without TLS"}: ${sentence}` : sentence;
    });
    return new ConnectionError(`${clauses.join("; ")}.`, { hint: last.error.hint ?? "", cause: last.error.cause });
}

function shuffle<T>(values: readonly T[]): readonly T[] {
    const rest = [...values];
    return values.map(() => rest.splice(Math.floor(Math.random() * rest.length), 1)[0] as T);
}
