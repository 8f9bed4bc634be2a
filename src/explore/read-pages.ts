import type { Field, TextResult } from "../database/connection.js";
import type { Database } from "../database/database.js";
import { ConnectionError, StardeckError, StatementError } from "../database/errors.js";
import { placeError, statementHint, withoutEnd } from "./given-sql.js";
import type { TextRow } from "./format-table.js";

/** Some rows of a result, in order. */
export interface ResultPage {
    readonly fields: readonly Field[];
    readonly rows: readonly TextRow[];
}

export interface ReadPagesOptions {
    /** Cancels the statement at the server. */
    readonly signal: AbortSignal;
    readonly pageRows?: number;
}

const prefix = "declare stardeck_rows no scroll cursor for select * from (\n";
// The parameter makes pg use the extended protocol, in which a text of several statements is refused as a whole:
// `select 1; commit; drop table …` never begins to run. The line break ends a comment.
const suffix = "\n) as stardeck_rows where $1::boolean";

/**
 * Reads any SELECT page by page through a cursor of a READ ONLY transaction: the memory used does not grow with the result.
 * `onPage` is called at least once, also when there are no rows.
 *
 * @throws StatementError placed in `sql` as it was given; StardeckError `interrupted` once aborted.
 */
export async function readPages(
    database: Database,
    sql: string,
    onPage: (page: ResultPage) => Promise<void>,
    { signal, pageRows = 1000 }: ReadPagesOptions,
): Promise<void> {
    let lostAfterFirstPage: ConnectionError | null = null;
    let hasBegun = false;
    await database.withReadOnlyTransaction(async (connection) => {
        // A lost connection is tried again by itself, but rows that were shown must not be shown twice.
        if (lostAfterFirstPage !== null) {
            throw new StardeckError(lostAfterFirstPage.message, {
                code: "no-database",
                hint: "The rows above are not all. Run the command again.",
                cause: lostAfterFirstPage,
            });
        }
        const cancel = (): void => {
            if (connection.backendPid !== null) {
                // When the cancel does not get through, the second Ctrl-C still ends the process.
                database.cancel(connection.backendPid).catch(() => undefined);
            }
        };
        signal.addEventListener("abort", cancel);
        try {
            throwIfAborted(signal);
            await connection.queryText(`${prefix}${withoutEnd(sql)}${suffix}`, ["true"]);
            for (;;) {
                const page: TextResult = await connection.queryText(`fetch ${pageRows} from stardeck_rows`);
                throwIfAborted(signal);
                hasBegun = true;
                await onPage(page);
                if (page.rows.length < pageRows) {
                    return;
                }
            }
        } catch (error) {
            throwIfAborted(signal);
            if (error instanceof ConnectionError && hasBegun) {
                lostAfterFirstPage = error;
            }
            throw error instanceof StatementError
                ? placeError(error, withoutEnd(sql), prefix.length, statementHint)
                : error;
        } finally {
            signal.removeEventListener("abort", cancel);
        }
    });
}

function throwIfAborted(signal: AbortSignal): void {
    if (signal.aborted) {
        throw new StardeckError("Interrupted.", { code: "interrupted" });
    }
}
