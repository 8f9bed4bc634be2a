import type { QueryResult } from "../database/connection.js";

/** Anything that runs a query: a database or one of its connections. */
export interface Queryable {
    query<T extends object>(sql: string, parameters?: readonly unknown[]): Promise<QueryResult<T>>;
}
