import type { Field } from "../database/connection.js";
import type { Database } from "../database/database.js";
import { StatementError } from "../database/errors.js";
import type { RoleSetting } from "../database/session-settings.js";
import { isMeaningful, placeError, refuseParameters, statementHint, takeStatement } from "./given-sql.js";
import type { TextRow } from "../text/format-table.js";
import { readCursor } from "./read-cursor.js";

/** Some rows of a result, in order. */
export interface ResultPage {
    readonly fields: readonly Field[];
    readonly rows: readonly TextRow[];
}

export interface ReadPagesOptions {
    /** Cancels the statement at the server. */
    readonly signal: AbortSignal;
    readonly pageRows?: number;
    /** Settings with the role's own values, for SQL of a person; none for our own SQL. */
    readonly roleSettings?: readonly RoleSetting[];
    /** False for our own SQL over our own relations. */
    readonly isGuarded?: boolean;
}

const prefix = "select * from (\n";
// The parameter makes pg use the extended protocol, which refuses a text of several statements such as
// `select 1; commit; drop table …` before any of it runs. The line break ends a comment.
const suffix = "\n) as stardeck_rows where $1::boolean";

/**
 * Reads a SELECT page by page, so that memory does not grow with the result; or the plan of an EXPLAIN.
 * `onPage` is called at least once, even when there are no rows.
 *
 * @throws StatementError with a position in the given `sql`; StardeckError `interrupted` once aborted.
 */
export async function readPages(
    database: Database,
    sql: string,
    onPage: (page: ResultPage) => Promise<void>,
    { signal, pageRows = 1000, roleSettings = [], isGuarded = true }: ReadPagesOptions,
): Promise<void> {
    const { sql: given, tokens } = takeStatement(sql);
    refuseParameters(given, tokens);
    const isExplain = tokens.find(isMeaningful)?.text.toLowerCase() === "explain";
    const query = isExplain
        ? ({ sql: given, isExplain, roleSettings, isGuarded } as const)
        : ({ sql: `${prefix}${given}${suffix}`, parameters: ["true"], roleSettings, isGuarded } as const);
    try {
        await readCursor(database, query, onPage, { signal, nextRows: () => pageRows });
    } catch (error) {
        if (error instanceof StatementError) {
            const before = isExplain ? 0 : error.sql.indexOf(prefix) + prefix.length;
            throw placeError(error, given, before, statementHint);
        }
        throw error;
    }
}
