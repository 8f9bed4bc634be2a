import type { QueryResult } from "../database/connection.js";

/** Anything that runs a query: a database or one of its connections. */
export interface Queryable {
    query<T extends object>(sql: string, parameters?: readonly unknown[]): Promise<QueryResult<T>>;
}

/** A connection that can copy rows into a table. */
export interface CopyTarget extends Queryable {
    /** Runs a `copy … from stdin` with rows in COPY's text format. */
    copyIn(sql: string, rows: string): Promise<void>;
}
