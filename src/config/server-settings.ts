import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { isSet, type Environment } from "./environment.js";
import { checkParameters } from "./libpq/check-parameters.js";
import {
    parameterNames,
    variableOfParameter,
    type GivenValue,
    type ParameterName,
    type Parameters,
} from "./libpq/parameters.js";
import { parseConnectionString } from "./libpq/parse-connection-string.js";
import { loadPasswordFile, type PasswordFile } from "./libpq/password-file.js";
import { loadService } from "./libpq/service-file.js";

/** How to connect to a PostgreSQL server, read from flags, variables and files as libpq reads them. */
export interface ServerSettings {
    readonly kind: "server";
    /** Tried in this order unless `isOrderRandom`. */
    readonly hosts: readonly ServerHost[];
    readonly isOrderRandom: boolean;
    readonly targetSession: TargetSession;
    readonly user: string;
    readonly database: string;
    readonly tls: TlsSettings;
    /** The methods by which the server may ask who we are; null for any. */
    readonly allowedAuthentication: readonly AuthenticationMethod[] | null;
    readonly channelBinding: "disable" | "prefer" | "require";
    readonly applicationName: string;
    /** Settings of the session: `-c name=value …`. */
    readonly options: string;
    readonly keepAlive: boolean;
    /** Milliseconds without traffic before the first TCP keepalive probe; 0 for the system's default. */
    readonly keepAliveDelayMs: number;
    /** 0 waits for ever; null when not given. */
    readonly connectTimeoutMs: number | null;
    /** For people and logs: `user@host:port/database`, never a password. */
    readonly name: string;
    /** Passwords, plain and percent-encoded, which must never be printed. */
    readonly secrets: readonly string[];
    /** Why the password file was ignored; shown when a password is missing. */
    readonly passwordFileProblem: string | null;
}

export interface ServerHost {
    /** A name, an address, or the folder of a Unix socket. Messages show it, and certificates are checked against it. */
    readonly host: string;
    /** The address to connect to instead of looking up `host`; null to look it up. */
    readonly address: string | null;
    readonly port: number;
    readonly password: string | null;
}

export type TargetSession = "any" | "read-write" | "read-only" | "primary" | "standby" | "prefer-standby";
export type AuthenticationMethod = "password" | "md5" | "gss" | "sspi" | "scram-sha-256" | "none";
export type SslMode = "disable" | "allow" | "prefer" | "require" | "verify-ca" | "verify-full";

/** The files are read when a server offers TLS, and never for a Unix socket. */
export interface TlsSettings {
    readonly mode: SslMode;
    readonly startsDirectly: boolean;
    /** A file, `system` for the authorities that the system trusts, or null for the file in `defaultFolder`. */
    readonly rootCertificate: string | null;
    /** The file of the system's authorities that OpenSSL's variable SSL_CERT_FILE names. */
    readonly systemCertificates: string | null;
    readonly certificate: string | null;
    readonly key: string | null;
    readonly keyPassword: string | null;
    readonly sendsCertificate: boolean;
    readonly revocationList: string | null;
    readonly revocationFolder: string | null;
    readonly sendsHostName: boolean;
    readonly minVersion: TlsVersion | null;
    readonly maxVersion: TlsVersion | null;
    /** `~/.postgresql`, the folder of the files that no parameter names. */
    readonly defaultFolder: string;
}

export type TlsVersion = "TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3";

/** Each of these variables names a server. Without any of them and without a URL, the embedded database is used. */
const namingVariables = ["PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE"];

/** Where packages of PostgreSQL put the Unix socket; the last is PostgreSQL's own default. */
const socketFolders = ["/var/run/postgresql", "/run/postgresql", "/tmp"];

/**
 * The server that `--database-url`, else `DATABASE_URL`, else `PG*` variables name; null when none of them does. Parameters that the
 * URL leaves out come from the service file, from `PG*` variables and from the files that libpq reads (docs/connections.md).
 *
 * @throws Error with one sentence that holds no credentials.
 */
export function parseServerOrNull(databaseUrl: string | undefined, environment: Environment): ServerSettings | null {
    if (databaseUrl === "") {
        throw new Error("--database-url is empty: give postgres://user@host:port/database, or leave the flag out.");
    }
    const origin = databaseUrl === undefined ? "DATABASE_URL" : "--database-url";
    const text = databaseUrl ?? environment.DATABASE_URL ?? "";
    if (text === "" && !namingVariables.some((name) => isSet(environment[name]))) {
        return null;
    }
    const account = findAccount(environment);
    const given = text === "" ? new Map<ParameterName, string>() : parseConnectionString(text, origin);
    const parameters = addDefaults(given, origin, environment, account.homeFolder);
    checkParameters(parameters);
    return makeServerSettings(parameters, account);
}

/** The user's account on this system. */
interface Account {
    readonly user: string;
    readonly homeFolder: string;
    readonly systemCertificates: string | null;
}

function findAccount({ HOME, SSL_CERT_FILE }: Environment): Account {
    const systemCertificates = textOrNull(SSL_CERT_FILE);
    try {
        const { username, homedir } = userInfo();
        return { user: username, homeFolder: textOrNull(HOME) ?? homedir, systemCertificates };
    } catch {
        // The system has no entry for this user id, as in some containers.
        return { user: "", homeFolder: HOME ?? "/", systemCertificates };
    }
}

/** Fills in missing parameters: first from the service, then from variables. */
function addDefaults(
    given: ReadonlyMap<ParameterName, string>,
    origin: string,
    environment: Environment,
    homeFolder: string,
): Parameters {
    const parameters = new Map<ParameterName, GivenValue>();
    const add = (name: ParameterName, value: string, place: string): void => {
        if (!parameters.has(name)) {
            parameters.set(name, { value, place });
        }
    };
    given.forEach((value, name) => {
        add(name, value, `${name} of ${origin}`);
    });
    const service = given.get("service") ?? environment.PGSERVICE ?? "";
    if (service !== "") {
        loadService(service, environment, homeFolder).forEach((value, name) => {
            add(name, value, `${name} of the service ${service}`);
        });
    }
    for (const name of parameterNames) {
        const variable = variableOfParameter[name];
        const value = variable === null ? undefined : environment[variable];
        if (variable !== null && isSet(value) && name !== "requiressl") {
            add(name, value, variable);
        }
    }
    if (environment.PGREQUIRESSL?.startsWith("1") === true) {
        add("sslmode", "require", "PGREQUIRESSL");
    }
    if (parameters.get("sslrootcert")?.value === "system") {
        add("sslmode", "verify-full", "sslrootcert=system");
    }
    return withSessionVariables(parameters, environment);
}

/** PGGEQO is sent as a setting of the session. PGTZ and PGDATESTYLE are not: stardeck's sessions always use UTC and ISO dates. */
function withSessionVariables(parameters: Map<ParameterName, GivenValue>, { PGGEQO }: Environment): Parameters {
    if (isSet(PGGEQO)) {
        const options = parameters.get("options")?.value ?? "";
        const value = `${options} -c geqo=${PGGEQO.replaceAll(/([\\\s])/g, "\\$1")}`.trim();
        parameters.set("options", { value, place: "PGGEQO" });
    }
    return parameters;
}

function makeServerSettings(parameters: Parameters, account: Account): ServerSettings {
    const valueOf = (name: ParameterName): string => parameters.get(name)?.value ?? "";
    const orNull = (name: ParameterName): string | null => (valueOf(name) === "" ? null : valueOf(name));
    const user = orNull("user") ?? account.user;
    if (user === "") {
        throw new Error("This user of the system has no name: name the database's user in the URL or PGUSER.");
    }
    const database = orNull("dbname") ?? user;
    const passwordFile = loadPasswordFile(orNull("passfile") ?? join(account.homeFolder, ".pgpass"));
    const hosts = makeHosts(parameters, passwordFile, { user, database });
    const places = hosts.map(({ host, port }) => `${host.includes(":") ? `[${host}]` : host}:${port}`);
    const secrets = [valueOf("password"), valueOf("sslpassword"), ...hosts.map(({ password }) => password ?? "")];
    return {
        kind: "server",
        hosts,
        isOrderRandom: valueOf("load_balance_hosts") === "random",
        targetSession: (orNull("target_session_attrs") ?? "any") as TargetSession,
        user,
        database,
        tls: {
            mode: (orNull("sslmode") ?? "prefer") as SslMode,
            startsDirectly: valueOf("sslnegotiation") === "direct",
            rootCertificate: orNull("sslrootcert"),
            systemCertificates: account.systemCertificates,
            certificate: orNull("sslcert"),
            key: orNull("sslkey"),
            keyPassword: orNull("sslpassword"),
            sendsCertificate: valueOf("sslcertmode") !== "disable",
            revocationList: orNull("sslcrl"),
            revocationFolder: orNull("sslcrldir"),
            sendsHostName: valueOf("sslsni") !== "0",
            minVersion: findTlsVersionOrNull(valueOf("ssl_min_protocol_version")),
            maxVersion: findTlsVersionOrNull(valueOf("ssl_max_protocol_version")),
            defaultFolder: join(account.homeFolder, ".postgresql"),
        },
        allowedAuthentication: parseRequiredAuthentication(orNull("require_auth")),
        channelBinding: (orNull("channel_binding") ?? "prefer") as ServerSettings["channelBinding"],
        applicationName: orNull("application_name") ?? orNull("fallback_application_name") ?? "stardeck",
        options: valueOf("options"),
        keepAlive: Number(orNull("keepalives") ?? 1) !== 0,
        keepAliveDelayMs: 1000 * Math.max(0, Number(valueOf("keepalives_idle"))),
        connectTimeoutMs: parseConnectTimeout(orNull("connect_timeout")),
        name: `${user}@${places.join(",")}/${database}`,
        secrets: [...new Set(secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]))].filter(
            (secret) => secret !== "",
        ),
        passwordFileProblem: passwordFile.problem,
    };
}

function makeHosts(
    parameters: Parameters,
    passwordFile: PasswordFile,
    { user, database }: Pick<ServerSettings, "user" | "database">,
): readonly ServerHost[] {
    const listOf = (name: ParameterName): readonly string[] => (parameters.get(name)?.value ?? "").split(",");
    const hostNames = listOf("host");
    const addresses = listOf("hostaddr");
    const ports = listOf("port");
    const isByAddress = addresses.length > 1 || addresses[0] !== "";
    const count = isByAddress ? addresses.length : hostNames.length;
    const hasHostNames = hostNames.length > 1 || hostNames[0] !== "";
    if (isByAddress && hasHostNames && hostNames.length !== count) {
        throw new Error(`hostaddr names ${count} addresses for ${hostNames.length} hosts: give one for each host.`);
    }
    if (ports.length !== 1 && ports.length !== count) {
        throw new Error(`${ports.length} ports are given for ${count} hosts: give one port, or one for each host.`);
    }
    const given = parameters.get("password")?.value ?? "";
    return Array.from({ length: count }, (_, place) => {
        const port = Number(textOrNull(ports[ports.length === 1 ? 0 : place]) ?? 5432);
        const address = textOrNull(isByAddress ? addresses[place] : "");
        const host = textOrNull(hostNames[place]) ?? address ?? findDefaultHost(port);
        const nameInFile = socketFolders.includes(host) ? "localhost" : host;
        return {
            host,
            address,
            port,
            password: given === "" ? passwordFile.passwordOrNull(nameInFile, port, database, user) : given,
        };
    });
}

function textOrNull(text: string | undefined): string | null {
    return isSet(text) ? text : null;
}

/** The folder of the Unix socket, as in libpq; `localhost` when there is no socket, since a server may listen on TCP only. */
function findDefaultHost(port: number): string {
    return socketFolders.find((folder) => existsSync(join(folder, `.s.PGSQL.${port}`))) ?? "localhost";
}

function findTlsVersionOrNull(given: string): TlsVersion | null {
    const versions = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const;
    return versions.find((version) => version.toLowerCase() === given.toLowerCase()) ?? null;
}

/** As in libpq, zero or less waits for ever, and one second counts as two. */
function parseConnectTimeout(given: string | null): number | null {
    if (given === null) {
        return null;
    }
    const seconds = Number(given);
    return seconds <= 0 ? 0 : 1000 * Math.max(2, seconds);
}

const authenticationMethods: readonly AuthenticationMethod[] = [
    "password",
    "md5",
    "gss",
    "sspi",
    "scram-sha-256",
    "none",
];

/** The methods in `scram-sha-256,md5`, or all others when each is written with `!`. */
function parseRequiredAuthentication(given: string | null): readonly AuthenticationMethod[] | null {
    if (given === null) {
        return null;
    }
    const named = given.split(",").map((method) => method.trim());
    const isExclusion = named.every((method) => method.startsWith("!"));
    const names = named.map((method) => (isExclusion ? method.slice(1) : method));
    return authenticationMethods.filter((method) => names.includes(method) !== isExclusion);
}
