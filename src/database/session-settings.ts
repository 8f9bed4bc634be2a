/**
 * The settings that our SQL runs with, whatever the role, the database or an earlier user of the connection has set. They are
 * made in each transaction and end with it: behind a pooler the session is another program's as well.
 *
 * What stays as the server has it is a decision of its operators and changes no result: tablespaces, memory, the planner's
 * costs, `synchronous_commit`, the language of messages, and `role`.
 */
const pinnedSettings: Readonly<Record<string, string>> = {
    // Unqualified names mean PostgreSQL's own, never what somebody has put into a schema; no temporary table comes before them.
    search_path: "pg_catalog, pg_temp",
    // A policy that would hide rows makes the statement fail.
    row_security: "off",
    // How SQL is read.
    standard_conforming_strings: "on",
    transform_null_equals: "off",
    array_nulls: "on",
    xmloption: "content",
    check_function_bodies: "on",
    // How values and names are written.
    TimeZone: "UTC",
    DateStyle: "ISO, MDY",
    IntervalStyle: "postgres",
    extra_float_digits: "1",
    bytea_output: "hex",
    xmlbinary: "base64",
    quote_all_identifiers: "off",
    // A plan for the values at hand, and every row.
    plan_cache_mode: "auto",
    gin_fuzzy_search_limit: "0",
    // Compiling what is asked of the catalog took seconds a build, and what a day brings is computed in less.
    jit: "off",
    // Tables that a build can change row by row.
    default_table_access_method: "heap",
    // A build and a pager may wait; what may not take long has a limit of our own.
    lock_timeout: "0",
    idle_in_transaction_session_timeout: "0",
    client_min_messages: "warning",
};

/** Settings that a later PostgreSQL knows: the first version with them, as `server_version_num`. */
const laterSettings: readonly { readonly since: number; readonly name: string; readonly value: string }[] = [
    { since: 170_000, name: "transaction_timeout", value: "0" },
];

/** The settings of the role that SQL written by a person runs with. */
export type RoleSetting = "search_path" | "row_security";

/** Those of a statement that is wholly a person's. */
export const statementSettings: readonly RoleSetting[] = ["search_path", "row_security"];

export type Isolation = "read committed" | "repeatable read";

export interface BeginOptions {
    /** 0 for none. */
    readonly statementTimeoutMs: number;
    readonly isolation: Isolation;
    /** `default`: as the server has it for this role, database or standby. */
    readonly access: "read only" | "default";
    /** `server_version_num`; 0 while it is not known. */
    readonly serverVersion: number;
}

/** What the server says when a transaction has begun. */
export interface Begun {
    readonly backendPid: number;
    /** Seconds since 1970, as PostgreSQL writes them. No other transaction has the same process and the same beginning. */
    readonly startedAt: string;
    /** Whether nothing can be written in this transaction. */
    readonly isReadOnly: boolean;
    /** Whether the server is a standby, which can never be written to. */
    readonly isStandby: boolean;
}

/**
 * Two statements that begin a transaction and make its settings:
 *
 *     begin isolation level … [read only];
 *     select pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true), …
 *
 * The second takes the snapshot after which nothing makes a READ ONLY transaction a writing one. It gives one row, `Begun`.
 */
export function buildBeginSql({
    statementTimeoutMs,
    isolation,
    access,
    serverVersion,
}: BeginOptions): readonly [begin: string, settings: string] {
    const settings = {
        ...listPinned(serverVersion),
        statement_timeout: String(Math.max(0, Math.trunc(statementTimeoutMs))),
    };
    return [
        `begin isolation level ${isolation}${access === "read only" ? " read only" : ""}`,
        `select
            ${listCalls(settings, true)},
            pg_catalog.pg_backend_pid() as "backendPid",
            pg_catalog.date_part('epoch', pg_catalog.now())::pg_catalog.text as "startedAt",
            pg_catalog.current_setting('transaction_read_only')::pg_catalog.bool as "isReadOnly",
            pg_catalog.pg_is_in_recovery() as "isStandby"`,
    ];
}

/** Makes the settings for a whole session that is nobody else's. */
export function buildPinSql(serverVersion: number): string {
    return `select ${listCalls(listPinned(serverVersion), false)}`;
}

function listPinned(serverVersion: number): Readonly<Record<string, string>> {
    const later = laterSettings.filter(({ since }) => serverVersion >= since);
    return { ...pinnedSettings, ...Object.fromEntries(later.map(({ name, value }) => [name, value])) };
}

/** Gives a transaction some settings of its role back. */
export function buildRoleSettingsSql(names: readonly RoleSetting[]): readonly string[] {
    return names.map((name) => `set local ${name} to default`);
}

/** Makes the pinned settings again that `buildRoleSettingsSql` has given back. */
export function buildRepinSql(names: readonly RoleSetting[]): string {
    return `select ${listCalls(Object.fromEntries(names.map((name) => [name, pinnedSettings[name] ?? ""])), true)}`;
}

// Qualified, as these calls are read before the search path is pinned. No value has a quote or a backslash in it.
function listCalls(settings: Readonly<Record<string, string>>, isLocal: boolean): string {
    return Object.entries(settings)
        .map(([name, value]) => `pg_catalog.set_config('${name}', '${value}', ${isLocal})`)
        .join(",\n            ");
}
