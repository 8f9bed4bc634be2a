import type { Connection } from "../connection.js";
import { makeRefusal } from "./make-read-only.js";

/** Settings that only affect how a query is executed. */
const planning = ["max_parallel_workers_per_gather", "synchronize_seqscans"];

/**
 * Guards a connection that is in a READ ONLY transaction and has taken its snapshot. It allows one SELECT at a time (or WITH,
 * VALUES, TABLE), its plan, or a cursor for it, and only if everything that the statement reaches is known to only read.
 *
 * @param pinned the same connection with our own settings, for the guard's own queries
 */
export function guardReads(connection: Connection, pinned: Connection): Connection {
    const check = async (sql: string): Promise<void> => {
        // Imported only when needed: PostgreSQL's parser takes time to load.
        const { judgeStatement } = await import("./judge-statement.js");
        const refusal = await judgeStatement(pinned, sql);
        if (refusal !== null) {
            throw refusal;
        }
    };
    return {
        setLocally: async (settings) => {
            const other = Object.keys(settings).find((name) => !planning.includes(name));
            if (other !== undefined) {
                throw new Error(`the setting ${other} is not one of planning`);
            }
            await connection.setLocally(settings);
        },
        query: async (sql, parameters, options) => {
            await check(sql);
            return connection.query(sql, parameters, options);
        },
        queryText: async (sql, parameters, options) => {
            await check(sql);
            return connection.queryText(sql, parameters, options);
        },
        copyIn: () => Promise.reject(makeRefusal("This would write, and only reading is allowed here.")),
        withSignal: (signal) => guardReads(connection.withSignal(signal), pinned.withSignal(signal)),
    };
}
