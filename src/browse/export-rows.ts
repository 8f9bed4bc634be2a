import type { Database } from "../database/database.js";
import { makeRowsText, type RowFormat } from "../text/format-rows.js";
import type { TextRow } from "../text/format-table.js";
import { readCursor } from "./read-cursor.js";
import { buildConditions, buildWhereSql } from "./filter-sql.js";
import { buildFromSql, placeInGiven } from "./from-sql.js";
import { visibleColumns, roleSettingsOf, type GridView } from "./grid-view.js";
import { buildOrderBy } from "./key-segments.js";
import { locateKey, startAt } from "./locate-key.js";
import { keepOrder } from "./numbered-sql.js";
import { makeParameters } from "./parameters.js";
import { readScan } from "./read-scan.js";
import type { BrowseRow, RowKey } from "./row-page.js";
import { makeRowShape } from "./row-shape.js";
import { makeViewOrder, type ViewOrder } from "./view-order.js";

export type ExportFormat = RowFormat;

export interface ExportOptions {
    readonly signal: AbortSignal;
    /** Rows and characters written so far. */
    readonly onProgress?: (written: { readonly rows: number; readonly characters: number }) => void;
}

/**
 * Writes the whole view with whole values, some rows at a time; resolves with the number of rows.
 *
 * On a server one statement reads all rows, from one snapshot. The embedded database has one session for all programs, so
 * there each stretch of rows is a separate transaction, and others can run in between.
 *
 * @throws StardeckError `interrupted` once aborted; errors of reading and of `write`
 */
export async function exportRows(
    database: Database,
    view: GridView,
    format: ExportFormat,
    write: (text: string) => Promise<void>,
    { signal, onProgress }: ExportOptions,
): Promise<number> {
    const text = makeRowsText(format, visibleColumns(view));
    let rows = 0;
    let characters = 0;
    const writeRows = async (read: readonly TextRow[]): Promise<void> => {
        const part = text.page(read);
        await write(part);
        rows += read.length;
        characters += part.length;
        onProgress?.({ rows, characters });
    };
    const order = makeViewOrder(view);
    const readAll = database.kind === "embedded" && order.by !== "position" ? readByKeys : readAtOnce;
    try {
        await readAll(database, view, order, writeRows, signal);
    } catch (error) {
        throw placeInGiven(error, view);
    }
    await write(text.end());
    return rows;
}

type ReadAll = (
    database: Database,
    view: GridView,
    order: ViewOrder,
    onRows: (rows: readonly TextRow[]) => Promise<void>,
    signal: AbortSignal,
) => Promise<void>;

const readAtOnce: ReadAll = async (database, view, order, onRows, signal) => {
    const parameters = makeParameters();
    // A cursor's statement needs at least one parameter.
    const conditions = [...buildConditions(view, parameters), parameters.bind("true", "boolean")];
    // Without an `order by`, rows come as they are stored, or in the order of the view.
    const orderBy = order.by === "values" ? ` order by ${buildOrderBy(order.terms, "forward")}` : "";
    const rows = `select * from ${buildFromSql(view.relation)}${buildWhereSql(conditions)}${orderBy}`;
    const { select } = makeRowShape(view.relation, visibleColumns(view), { ...order, terms: [] }, null);
    await readCursor(
        database,
        {
            sql: `select ${select} from (${rows}) as page`,
            parameters: parameters.values as [string | null],
            roleSettings: roleSettingsOf(view),
            ...(order.by === "values" ? {} : { prepare: keepOrder }),
        },
        (page) => onRows(page.rows),
        { signal, timeoutMs: 0, nextRows: (page) => chooseCount(page?.rows ?? null) },
    );
};

const readByKeys: ReadAll = async (database, view, order, onRows, signal) => {
    const shape = makeRowShape(view.relation, visibleColumns(view), order, null);
    const readAfter = (given: RowKey | null, limit: number): Promise<readonly BrowseRow[]> =>
        database.withReadOnlyTransaction(
            async (connection) => {
                const reader = { connection, view, order, shape };
                const key = given === null ? null : await locateKey(reader, given);
                const started = key === null ? null : await startAt(reader, key, "forward", false);
                return readScan(
                    reader,
                    { start: null, skip: 0, ...started, direction: "forward", limit },
                    { isLast: true },
                );
            },
            { signal, timeoutMs: 0, roleSettings: roleSettingsOf(view), isGuarded: true },
        );
    let count = chooseCount(null);
    let rows = await readAfter(null, count);
    for (;;) {
        const cells = rows.map((row) => row.cells);
        await onRows(cells);
        const last = rows.at(-1);
        if (last === undefined || rows.length < count) {
            return;
        }
        count = chooseCount(cells);
        rows = await readAfter(last.key, count);
    }
};

const mostRows = 1000;
const pageCharacters = 1_000_000;

/** How many rows make about a million characters, judging by the previous rows: one value can have megabytes. */
function chooseCount(before: readonly TextRow[] | null): number {
    if (before === null || before.length === 0) {
        return 20;
    }
    const characters = before.reduce(
        (total, row) => total + row.reduce((sum, value) => sum + (value?.length ?? 0), 0),
        0,
    );
    const fitting = Math.floor((before.length * pageCharacters) / Math.max(1, characters));
    return Math.max(1, Math.min(mostRows, fitting, 8 * before.length));
}
