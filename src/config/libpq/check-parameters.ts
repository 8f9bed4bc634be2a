import type { ParameterName, Parameters } from "./parameters.js";

/** Returns null for a valid value, else the end of a sentence that begins with the parameter's place. */
type Check = (value: string, parameters: Parameters) => string | null;

const oneOf =
    (...values: readonly string[]): Check =>
    (value) =>
        values.includes(value) ? null : `must be one of ${values.join(", ")}.`;

const wholeNumber: Check = (value) => (/^\s*[+-]?\d{1,9}\s*$/.test(value) ? null : "must be a whole number.");

/** For parameters that Node.js cannot set: only the system's default is possible. */
const onlyDefault =
    (fate: string): Check =>
    (value, parameters) =>
        wholeNumber(value, parameters) ?? (Number(value) <= 0 ? null : fate);

const tlsVersions = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];

const tlsVersion: Check = (value) =>
    value === "" || tlsVersions.some((version) => version.toLowerCase() === value.toLowerCase())
        ? null
        : `must be one of ${tlsVersions.join(", ")}.`;

/** Refuses what libpq refuses, and what libpq accepts but stardeck cannot do. Other parameters accept any text. */
const checks: Readonly<Partial<Record<ParameterName, Check>>> = {
    host: (value) =>
        value.split(",").some((host) => host.startsWith("@"))
            ? "names a socket in the abstract namespace, which stardeck cannot use: use one in a folder, or TCP."
            : null,
    port: (value) =>
        value.split(",").every((port) => port === "" || isPort(port))
            ? null
            : "is no port: a port is a number from 1 to 65535.",
    connect_timeout: wholeNumber,
    keepalives: wholeNumber,
    keepalives_idle: wholeNumber,
    keepalives_interval: onlyDefault("cannot be set by Node.js: leave it out, the system's default counts."),
    keepalives_count: onlyDefault("cannot be set by Node.js: leave it out, the system's default counts."),
    tcp_user_timeout: onlyDefault("cannot be set by Node.js: leave it out, the system's default counts."),
    client_encoding: (value) =>
        ["", "auto", "utf8", "unicode"].includes(value.toLowerCase().replaceAll(/[^a-z0-9]/g, ""))
            ? null
            : "must be UTF8: stardeck reads and writes nothing else, and the server converts from any other.",
    replication: (value) =>
        ["", "0", "false", "off", "no"].includes(value.toLowerCase())
            ? null
            : "opens a connection for replication, which stardeck has no use for: leave it out.",
    sslmode: oneOf("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    sslnegotiation: (value, parameters) =>
        oneOf("postgres", "direct")(value, parameters) ??
        (value === "direct" && !["require", "verify-ca", "verify-full"].includes(sslModeOf(parameters))
            ? "is direct, which needs sslmode=require, verify-ca or verify-full."
            : null),
    sslrootcert: (value, parameters) =>
        value === "system" && sslModeOf(parameters) !== "verify-full"
            ? "is system, which needs sslmode=verify-full (its default then)."
            : null,
    sslkey: (value) =>
        value.includes(":") ? "names a key of an OpenSSL engine, which Node.js cannot use: name a file." : null,
    sslcertmode: (value, parameters) =>
        oneOf("disable", "allow", "require")(value, parameters) ??
        (value === "require"
            ? "is require, and Node.js cannot tell whether the server asks for a certificate: use allow."
            : null),
    ssl_min_protocol_version: tlsVersion,
    ssl_max_protocol_version: (value, parameters) => {
        const least = parameters.get("ssl_min_protocol_version")?.value ?? "TLSv1.2";
        const rank = (version: string): number =>
            tlsVersions.findIndex((each) => each.toLowerCase() === version.toLowerCase());
        return (
            tlsVersion(value, parameters) ??
            (value !== "" && rank(value) < rank(least) ? `is below the least version allowed, ${least}.` : null)
        );
    },
    channel_binding: oneOf("disable", "prefer", "require"),
    gssencmode: (value, parameters) =>
        oneOf("disable", "prefer", "require")(value, parameters) ??
        (value === "require" ? "is require, and stardeck speaks no GSSAPI: use TLS, by sslmode." : null),
    requirepeer: (value) =>
        value === ""
            ? null
            : "cannot be checked: Node.js does not say who serves a Unix socket. Leave it out, or use TLS with sslmode=verify-full.",
    require_auth: (value) => {
        const methods = value.split(",").map((method) => method.trim());
        const known = ["password", "md5", "gss", "sspi", "scram-sha-256", "none"];
        if (value !== "" && !methods.every((method) => known.includes(method.replace(/^!/, "")))) {
            return `must be a list of ${known.join(", ")}, each with ! before it to forbid it.`;
        }
        const forbidden = methods.filter((method) => method.startsWith("!")).length;
        if (forbidden !== 0 && forbidden !== methods.length) {
            return "must either allow methods or forbid them (with !), not both.";
        }
        return new Set(methods).size < methods.length ? "names a method twice." : null;
    },
    target_session_attrs: oneOf("any", "read-write", "read-only", "primary", "standby", "prefer-standby"),
    load_balance_hosts: oneOf("disable", "random"),
};

/**
 * Checks the values of connection parameters.
 *
 * @throws Error with one sentence that names the first parameter that cannot be used; it never quotes a value
 */
export function checkParameters(parameters: Parameters): void {
    for (const [name, { value, place }] of parameters) {
        const problem = value.includes("\0")
            ? "holds a byte that no parameter can hold."
            : checks[name]?.(value, parameters);
        if (problem !== null && problem !== undefined) {
            throw new Error(`${place} ${problem}`);
        }
    }
}

function sslModeOf(parameters: Parameters): string {
    return parameters.get("sslmode")?.value ?? "prefer";
}

function isPort(text: string): boolean {
    const port = Number(text);
    return /^\s*\d{1,5}\s*$/.test(text) && port >= 1 && port <= 65535;
}
