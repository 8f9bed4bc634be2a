import type { Database } from "./contract.js";

/** The same database, for reading: aborting `signal` cancels running statements and refuses further ones. */
export function bindSignal(database: Database, signal: AbortSignal): Database {
    const both = (own: AbortSignal | undefined): AbortSignal =>
        own === undefined || own === signal ? signal : AbortSignal.any([signal, own]);
    return {
        ...database,
        query: (sql, parameters) =>
            database.withTransaction((connection) => connection.query(sql, parameters), { readOnly: true, signal }),
        withTransaction: (use, options = {}) =>
            database.withTransaction(use, { ...options, signal: both(options.signal) }),
        withReadOnlyTransaction: (use, options = {}) =>
            database.withReadOnlyTransaction(use, { ...options, signal: both(options.signal) }),
    };
}
