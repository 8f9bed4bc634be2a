/**
 * The connection parameters of PostgreSQL 17's client library, libpq, and the environment variable that sets each:
 * https://www.postgresql.org/docs/17/libpq-connect.html#LIBPQ-PARAMKEYWORDS and
 * https://www.postgresql.org/docs/17/libpq-envars.html. docs/connections.md says how stardeck treats each.
 */
export const variableOfParameter = {
    host: "PGHOST",
    hostaddr: "PGHOSTADDR",
    port: "PGPORT",
    dbname: "PGDATABASE",
    user: "PGUSER",
    password: "PGPASSWORD",
    passfile: "PGPASSFILE",
    require_auth: "PGREQUIREAUTH",
    channel_binding: "PGCHANNELBINDING",
    connect_timeout: "PGCONNECT_TIMEOUT",
    client_encoding: "PGCLIENTENCODING",
    options: "PGOPTIONS",
    application_name: "PGAPPNAME",
    fallback_application_name: null,
    keepalives: null,
    keepalives_idle: null,
    keepalives_interval: null,
    keepalives_count: null,
    tcp_user_timeout: null,
    replication: null,
    gssencmode: "PGGSSENCMODE",
    sslmode: "PGSSLMODE",
    requiressl: "PGREQUIRESSL",
    sslnegotiation: "PGSSLNEGOTIATION",
    sslcompression: "PGSSLCOMPRESSION",
    sslcert: "PGSSLCERT",
    sslkey: "PGSSLKEY",
    sslpassword: null,
    sslcertmode: "PGSSLCERTMODE",
    sslrootcert: "PGSSLROOTCERT",
    sslcrl: "PGSSLCRL",
    sslcrldir: "PGSSLCRLDIR",
    sslsni: "PGSSLSNI",
    requirepeer: "PGREQUIREPEER",
    ssl_min_protocol_version: "PGSSLMINPROTOCOLVERSION",
    ssl_max_protocol_version: "PGSSLMAXPROTOCOLVERSION",
    krbsrvname: "PGKRBSRVNAME",
    gsslib: "PGGSSLIB",
    gssdelegation: "PGGSSDELEGATION",
    service: "PGSERVICE",
    target_session_attrs: "PGTARGETSESSIONATTRS",
    load_balance_hosts: "PGLOADBALANCEHOSTS",
} as const satisfies Readonly<Record<string, string | null>>;

export type ParameterName = keyof typeof variableOfParameter;

export const parameterNames = Object.keys(variableOfParameter) as readonly ParameterName[];

/** Names are case-sensitive, as in libpq. */
export function isParameterName(name: string): name is ParameterName {
    return Object.hasOwn(variableOfParameter, name);
}

/** Replaces `requiressl`, the predecessor of `sslmode` before PostgreSQL 8; other names stay as they are. */
export function translateOldName(name: ParameterName, value: string): readonly [ParameterName, string] {
    return name === "requiressl" ? ["sslmode", value.startsWith("1") ? "require" : "prefer"] : [name, value];
}

/** A parameter's value and where it comes from, for messages: `PGSSLMODE`, or `sslmode of DATABASE_URL`. */
export interface GivenValue {
    readonly value: string;
    readonly place: string;
}

export type Parameters = ReadonlyMap<ParameterName, GivenValue>;

/**
 * A sentence about a name that libpq does not know.
 *
 * @param origin where it was found, for people
 */
export function describeUnknownParameter(name: string, origin: string): string {
    const known = parameterNames.find((each) => each === name.toLowerCase());
    if (known !== undefined) {
        return `${origin} names the parameter ${known} in capitals: write ${known}.`;
    }
    return settingNames.test(name)
        ? `${origin} names ${name}, a setting of the server and no connection parameter: write options=-c ${name}=… (in a URL options=-c%20${name}%3D…).`
        : `${origin} names a connection parameter that PostgreSQL does not know${/^\w{1,40}$/.test(name) ? `: ${name}` : ""}. docs/connections.md lists them.`;
}

/** Settings of a session that other drivers take in a URL. */
const settingNames =
    /^(?:(?:statement|lock|idle_in_transaction_session|idle_session|transaction)_timeout|search_path|role|timezone|datestyle|work_mem|default_transaction_\w+)$/i;
