import { parse, toClientConfig } from "pg-connection-string";
import type { ClientConfig } from "pg";
import type { Environment } from "./environment.js";

/** A PostgreSQL server, as `pg` wants it. */
export interface ServerSettings {
    readonly kind: "server";
    readonly client: ClientConfig;
    /** True when TLS is wished for but not required (`sslmode=prefer`): a server without it is fine. */
    readonly mayFallBackToPlain: boolean;
    /** For people and logs: `user@host:port/database`, never a password. */
    readonly name: string;
    /** What must never be printed, in every form in which it was given. */
    readonly secrets: readonly string[];
}

const sslModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full", "no-verify"];

/**
 * The server named by `--database-url`, `DATABASE_URL` or `PG*` variables, in this order, or null when none is named.
 * `sslmode` means what libpq means by it (https://www.postgresql.org/docs/current/libpq-ssl.html).
 *
 * @throws Error with one sentence that holds no credentials.
 */
export function parseServerOrNull(databaseUrl: string | undefined, environment: Environment): ServerSettings | null {
    const url = databaseUrl ?? environment.DATABASE_URL ?? "";
    const origin = databaseUrl === undefined ? "DATABASE_URL" : "--database-url";
    if (url !== "") {
        return parseUrl(url, origin, environment);
    }
    if (databaseUrl !== undefined) {
        throw new Error("--database-url is empty: give postgres://user@host:port/database, or leave the flag out.");
    }
    const isNamed = ["PGHOST", "PGPORT", "PGUSER", "PGDATABASE"].some((name) => (environment[name] ?? "") !== "");
    return isNamed ? parseUrl("postgres://", "the PG* variables", environment) : null;
}

function parseUrl(url: string, origin: string, environment: Environment): ServerSettings {
    if (!/^postgres(ql)?:\/\//.test(url)) {
        throw new Error(`${origin} must begin with postgres:// or postgresql://.`);
    }
    if (hasUnencodedPassword(url)) {
        throw new Error(
            `${origin} cannot be read: special characters in its password must be percent-encoded (/ as %2F, ? as %3F, # as %23, @ as %40).`,
        );
    }
    const withDefaults = addSslMode(url, environment);
    const sslMode = new URLSearchParams(withDefaults.split("?")[1] ?? "").get("sslmode") ?? "disable";
    if (!sslModes.includes(sslMode)) {
        throw new Error(`${origin}: sslmode must be one of ${sslModes.join(", ")}.`);
    }
    let client: ClientConfig;
    try {
        client = toClientConfig(parse(withDefaults, { useLibpqCompat: true }));
    } catch (error) {
        // eslint-disable-next-line preserve-caught-error -- the cause may quote the URL and with it the password
        throw new Error(`${origin} cannot be read: ${explainUrlError(error)}.`);
    }
    if (sslMode === "no-verify") {
        client.ssl = { rejectUnauthorized: false };
    } else if (sslMode === "allow") {
        client.ssl = false;
    }
    const port = client.port ?? Number(environment.PGPORT ?? 5432);
    if (!Number.isInteger(port) || port < 1 || port > 65535) {
        throw new Error(`${origin}: the port must be a number from 1 to 65535.`);
    }
    const user = textOr(client.user, environment.PGUSER, environment.USER, "postgres");
    const host = textOr(client.host, environment.PGHOST, "localhost");
    const database = textOr(client.database, environment.PGDATABASE, user);
    const password = textOr(typeof client.password === "string" ? client.password : "", environment.PGPASSWORD);
    return {
        kind: "server",
        client: {
            host,
            port,
            user,
            database,
            ...(password === "" ? {} : { password }),
            ...(client.ssl === undefined ? {} : { ssl: client.ssl }),
        },
        mayFallBackToPlain: sslMode === "prefer",
        name: `${user}@${host}:${port}/${database}`,
        secrets: [...new Set([password, encodeURIComponent(password)])].filter((secret) => secret !== ""),
    };
}

/** A password with one of `/?#` in it would else be taken apart, and a part of it shown as host, port or database. */
function hasUnencodedPassword(url: string): boolean {
    const [, path = "", query = ""] = /^\w+:\/\/[^/?#]*([^?#]*)(.*)$/s.exec(url) ?? [];
    return path.includes("@") || /^\?[^=]*@|#.*@/s.test(query);
}

function addSslMode(url: string, environment: Environment): string {
    const sslMode = environment.PGSSLMODE ?? "";
    const rootCertificate = environment.PGSSLROOTCERT ?? "";
    let result = url;
    if (sslMode !== "" && !/[?&]sslmode=/.test(url)) {
        result += `${result.includes("?") ? "&" : "?"}sslmode=${encodeURIComponent(sslMode)}`;
    }
    if (rootCertificate !== "" && !/[?&]sslrootcert=/.test(url)) {
        result += `${result.includes("?") ? "&" : "?"}sslrootcert=${encodeURIComponent(rootCertificate)}`;
    }
    return result;
}

/** The reason without the URL, which may hold a password. */
function explainUrlError(error: unknown): string {
    if (!(error instanceof Error)) {
        return "it is not a URL";
    }
    const code = "code" in error ? error.code : undefined;
    if (code === "ENOENT") {
        return "a certificate file it names does not exist";
    }
    if (error.message.includes("sslmode=verify-ca")) {
        return "sslmode=verify-ca needs sslrootcert=FILE";
    }
    return "it is not a URL of the form postgres://user:password@host:port/database (special characters in the password must be percent-encoded)";
}

function textOr(...candidates: (string | null | undefined)[]): string {
    return candidates.find((candidate) => candidate !== undefined && candidate !== null && candidate !== "") ?? "";
}
