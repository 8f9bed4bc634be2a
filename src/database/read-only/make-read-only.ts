import type { Connection } from "../connection.js";
import type { Database } from "../contract.js";
import { StardeckError } from "../errors.js";

/**
 * The same database without any way to write: every statement runs in a READ ONLY transaction that is rolled back, a
 * transaction that may write cannot be begun, and the settings for a separate connection are withheld.
 */
export function makeReadOnly(database: Database): Database {
    const read = <T>(use: (connection: Connection) => Promise<T>): Promise<T> => database.withReadOnlyTransaction(use);
    return {
        ...database,
        isReadOnly: true,
        clientConfig: null,
        withClient: () => Promise.reject(makeRefusal("This would write, and the database is open for reading only.")),
        query: (sql, parameters) => read((connection) => connection.query(sql, parameters, { isLast: true })),
        maintain: (sql) => read((connection) => connection.query(sql)),
        withTransaction: (use, options = {}) =>
            options.readOnly === true
                ? database.withReadOnlyTransaction(use, options)
                : Promise.reject(makeRefusal("This would write, and the database is open for reading only.")),
    };
}

/** The error for an attempt to write. */
export function makeRefusal(message: string): StardeckError {
    return new StardeckError(message, { code: "usage", hint: "Leave --read-only out where writing is meant." });
}
