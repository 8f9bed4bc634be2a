import type { Database } from "../../database/database.js";
import { StardeckError } from "../../database/errors.js";
import type { ReadOptions, Relation } from "./relation.js";

/**
 * The result of one SELECT (or WITH, VALUES, TABLE) as a relation: its rows are not read yet.
 *
 * @throws StatementError placed in `sql` as it was given; StardeckError `usage` for what is not one reading statement.
 */
export function openQuery(database: Database, sql: string, options: ReadOptions): Promise<Relation> {
    void [database, sql, options];
    return Promise.reject(new StardeckError("This is not available yet.", { code: "failed" }));
}
