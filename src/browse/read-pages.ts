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
    /** What SQL of a person runs with; none for our own. */
    readonly roleSettings?: readonly RoleSetting[];
    /** False for SQL of our own that reads what we have made. */
    readonly isGuarded?: boolean;
}

const prefix = "select * from (\n";
// The parameter makes pg use the extended protocol, in which a text of several statements is refused as a whole:
// `select 1; commit; drop table …` never begins to run. The line break ends a comment.
const suffix = "\n) as stardeck_rows where $1::boolean";

/**
 * Reads any SELECT page by page, so that the memory used does not grow with the result; or the plan that EXPLAIN gives.
 * `onPage` is called at least once, also when there are no rows.
 *
 * @throws StatementError placed in `sql` as it was given; StardeckError `interrupted` once aborted.
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
