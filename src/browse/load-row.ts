import type { Database } from "../database/database.js";
import { buildClippedSql, parseClipped } from "./cell-sql.js";
import { isByteaType } from "../text/column-kinds.js";
import { buildFromSql, placeInGiven } from "./from-sql.js";
import { findColumn, roleSettingsOf, type GridView } from "./grid-view.js";
import { buildEquality } from "./key-segments.js";
import { buildIdentity } from "./locate-key.js";
import { buildNumberedSql, keepOrder } from "./numbered-sql.js";
import { makeParameters, type Parameters } from "./parameters.js";
import type { ReadOptions } from "./relation.js";
import type { BrowseRow, RowKey } from "./row-page.js";
import { makeRowShape } from "./row-shape.js";
import { makeViewOrder, type ViewOrder } from "./view-order.js";
import { quoteIdentifier } from "../sql/identifiers.js";
import type { TextRow } from "../text/format-table.js";

/** One value, whole up to a limit. */
export interface WholeCell {
    readonly text: string | null;
    /** The size of the whole value in bytes. */
    readonly bytes: number;
    /** False when the value was cut at the limit. */
    readonly isWhole: boolean;
}

const mostCharacters = 10_000_000;

/** The value of one column of one row, up to ten million characters; null when the row is gone. */
export async function loadCell(
    database: Database,
    view: GridView,
    key: RowKey,
    column: string,
    options: ReadOptions,
): Promise<WholeCell | null> {
    const { typeId } = findColumn(view.relation, column);
    const select = buildClippedSql(quoteIdentifier(column), typeId, mostCharacters);
    const row = await readKeyedRow(database, view, key, select, options);
    if (row === null) {
        return null;
    }
    const { text, bytes } = parseClipped(row[0] ?? null, typeId, mostCharacters);
    return { text, bytes: bytes ?? countBytes(text ?? "", typeId), isWhole: bytes === null };
}

/** All columns of one row, including hidden ones, in the relation's order; null when the row is gone. */
export async function loadRow(
    database: Database,
    view: GridView,
    key: RowKey,
    { clipCharacters, ...options }: ReadOptions & { readonly clipCharacters?: number },
): Promise<BrowseRow | null> {
    const { relation } = view;
    const nothingMore = { ...makeViewOrder(view), terms: [], identityTerms: [] };
    const shape = makeRowShape(relation, relation.columns, nothingMore, clipCharacters);
    const row = await readKeyedRow(database, view, key, shape.select, options);
    return row === null ? null : { ...shape.parse(row), key };
}

async function readKeyedRow(
    database: Database,
    view: GridView,
    key: RowKey,
    select: string,
    options: ReadOptions,
): Promise<TextRow | null> {
    const order = makeViewOrder(view);
    const parameters = makeParameters();
    const row = buildRowSql(view, order, key, parameters);
    if (row === null) {
        return null;
    }
    try {
        return await database.withReadOnlyTransaction(
            async (connection) => {
                if (order.by === "position") {
                    await keepOrder(connection);
                }
                const sql = `select ${select} from (${row}) as page`;
                const { rows } = await connection.queryText(sql, parameters.values);
                return rows[0] ?? null;
            },
            { ...options, roleSettings: roleSettingsOf(view), isGuarded: true },
        );
    } catch (error) {
        throw placeInGiven(error, view);
    }
}

/** SQL for the row of a key; null when the key identifies no row of this view. */
function buildRowSql(view: GridView, order: ViewOrder, key: RowKey, parameters: Parameters): string | null {
    const { relation } = view;
    if (key.identityOf !== order.identityOf) {
        return null;
    }
    if (order.by === "position") {
        return buildNumberedSql(view, { first: Number(key.values[0] ?? 0), count: 1 }, parameters);
    }
    // Finding a row by its digest alone would compute the digest of every row.
    const isFoundByOrder = relation.identity.by === "position" && key.order === order.name && key.isComplete;
    const condition = isFoundByOrder
        ? buildEquality(order.terms, key.values, (value, castType) => parameters.bind(value, castType))
        : buildIdentity(order, key, parameters);
    return `select * from ${buildFromSql(relation)} where ${condition} limit 1`;
}

function countBytes(text: string, typeId: number): number {
    return isByteaType(typeId) ? Math.max(0, text.length - 2) / 2 : Buffer.byteLength(text);
}
