import type { Connection, TextResult } from "../database/connection.js";
import type { Database } from "../database/database.js";
import { ConnectionError, StardeckError, throwIfAborted } from "../database/errors.js";
import type { RoleSetting } from "../database/session-settings.js";

/**
 * A SELECT with at least one parameter, which makes pg refuse a text of several statements. Or one EXPLAIN, which allows no cursor:
 * all its rows are one page.
 */
export type CursorQuery = CursorSettings &
    (
        | { readonly sql: string; readonly parameters: readonly [unknown, ...unknown[]]; readonly isExplain?: false }
        | { readonly sql: string; readonly isExplain: true }
    );

interface CursorSettings {
    /** Changes settings of the transaction before the statement. */
    readonly prepare?: (connection: Connection) => Promise<void>;
    readonly roleSettings?: readonly RoleSetting[];
    /** False for our own SQL over our own relations. */
    readonly isGuarded?: boolean;
}

export interface CursorOptions {
    /** Cancels the statement at the server. */
    readonly signal: AbortSignal;
    /** Chooses how many rows to fetch next, from the previous page; null at first. */
    readonly nextRows: (page: TextResult | null) => number;
    /** The time limit of one statement; the database's own limit when not given. */
    readonly timeoutMs?: number;
}

/**
 * Reads a result through a cursor of a READ ONLY transaction, so that memory does not grow with the result.
 * `onPage` is called at least once, even when there are no rows.
 *
 * @throws StatementError for the whole statement; StardeckError `interrupted` once aborted, `no-database` when the
 * connection is lost after the first page.
 */
export async function readCursor(
    database: Database,
    query: CursorQuery,
    onPage: (page: TextResult) => Promise<void>,
    { signal, nextRows, timeoutMs }: CursorOptions,
): Promise<void> {
    const { prepare, roleSettings = [], isGuarded = true } = query;
    let lostAfterFirstPage: ConnectionError | null = null;
    let hasBegun = false;
    await database.withReadOnlyTransaction(
        async (connection) => {
            // The transaction is retried after a lost connection, but rows that were shown must not be shown again.
            if (lostAfterFirstPage !== null) {
                throw new StardeckError(lostAfterFirstPage.message, {
                    code: "no-database",
                    hint: "The rows so far are not all. Start again when the database is back.",
                    cause: lostAfterFirstPage,
                });
            }
            try {
                await prepare?.(connection);
                if (query.isExplain === true) {
                    await onPage(await connection.queryText(query.sql));
                    return;
                }
                const { sql, parameters } = query;
                await connection.queryText(`declare stardeck_rows no scroll cursor for ${sql}`, parameters);
                for (let page: TextResult | null = null; ;) {
                    const pageRows = nextRows(page);
                    page = await connection.queryText(`fetch ${pageRows} from stardeck_rows`);
                    hasBegun = true;
                    await onPage(page);
                    throwIfAborted(signal);
                    if (page.rows.length < pageRows) {
                        return;
                    }
                }
            } catch (error) {
                throwIfAborted(signal);
                if (error instanceof ConnectionError && hasBegun) {
                    lostAfterFirstPage = error;
                }
                throw error;
            }
        },
        { signal, roleSettings, isGuarded, ...(timeoutMs === undefined ? {} : { statementTimeoutMs: timeoutMs }) },
    );
}
