/**
 * The settings for our own SQL, whatever the role, the database or an earlier user of the connection has set. They are set in
 * each transaction and end with it, because behind a pooler other programs use the same session.
 *
 * Settings that do not change results are left to the server's operators: tablespaces, memory, the planner's costs,
 * `synchronous_commit`, the language of messages, and `role`.
 */
const pinnedSettings: Readonly<Record<string, string>> = {
    // Unqualified names mean PostgreSQL's own objects, never those of another schema; temporary tables cannot hide them.
    search_path: "pg_catalog, pg_temp",
    // A statement fails if a policy would hide rows.
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
    // Let PostgreSQL choose generic or custom plans, and return every row.
    plan_cache_mode: "auto",
    gin_fuzzy_search_limit: "0",
    // JIT compilation of catalog queries took seconds a build, longer than computing a day's changes.
    jit: "off",
    // Builds change rows in place, which not every access method can.
    default_table_access_method: "heap",
    // Builds and open pagers may wait; operations that must be quick have our own limits.
    lock_timeout: "0",
    idle_in_transaction_session_timeout: "0",
    client_min_messages: "warning",
};

/** Settings that only later versions have, with the first such version as `server_version_num`. */
const laterSettings: readonly { readonly since: number; readonly name: string; readonly value: string }[] = [
    { since: 170_000, name: "transaction_timeout", value: "0" },
];

/** The settings that may have the role's own values, for SQL that a person wrote. */
export type RoleSetting = "search_path" | "row_security";

/** The role's settings for a statement that a person wrote completely. */
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

/** What the server reports when a transaction begins. */
export interface Begun {
    readonly backendPid: number;
    /** Seconds since 1970 in PostgreSQL's text form. Together with the process id, it identifies the transaction. */
    readonly startedAt: string;
    /** Whether nothing can be written in this transaction. */
    readonly isReadOnly: boolean;
    /** Whether the server is a standby, which can never be written to. */
    readonly isStandby: boolean;
}

/**
 * Two statements that begin a transaction and set its settings:
 *
 *     begin isolation level … [read only];
 *     select pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true), …
 *
 * The second takes the snapshot, after which a READ ONLY transaction cannot become a writing one. It returns one row, `Begun`.
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

/** Sets the pinned settings for a whole session, which no other program may use. */
export function buildPinSql(serverVersion: number): string {
    return `select ${listCalls(listPinned(serverVersion), false)}`;
}

function listPinned(serverVersion: number): Readonly<Record<string, string>> {
    const later = laterSettings.filter(({ since }) => serverVersion >= since);
    return { ...pinnedSettings, ...Object.fromEntries(later.map(({ name, value }) => [name, value])) };
}

/** Gives some settings the role's own values until the transaction ends. */
export function buildRoleSettingsSql(names: readonly RoleSetting[]): readonly string[] {
    return names.map((name) => `set local ${name} to default`);
}

/** Pins settings again after `buildRoleSettingsSql`. */
export function buildRepinSql(names: readonly RoleSetting[]): string {
    return `select ${listCalls(Object.fromEntries(names.map((name) => [name, pinnedSettings[name] ?? ""])), true)}`;
}

// Names are qualified, because these calls run before the search path is pinned. No value contains a quote or a backslash.
function listCalls(settings: Readonly<Record<string, string>>, isLocal: boolean): string {
    return Object.entries(settings)
        .map(([name, value]) => `pg_catalog.set_config('${name}', '${value}', ${isLocal})`)
        .join(",\n            ");
}
