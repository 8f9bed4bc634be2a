import { toText } from "./cell-sql.js";
import { buildConditions, buildWhereSql } from "./filter-sql.js";
import { buildFromSql } from "./from-sql.js";
import { buildEquality, type ScanDirection } from "./key-segments.js";
import type { PageReader } from "./page-reader.js";
import { makeParameters, type Parameters } from "./parameters.js";
import type { RowKey } from "./row-page.js";
import type { Scan } from "./scan-sql.js";
import type { ViewOrder } from "./view-order.js";

type Reader = Pick<PageReader, "connection" | "view" | "order">;

/** The row's position in the view's order, with its values unclipped; null when it can no longer be found. */
export async function locateKey({ connection, view, order }: Reader, key: RowKey): Promise<RowKey | null> {
    const isOfOrder = key.order === order.name;
    if (isOfOrder && key.isComplete) {
        return key;
    }
    if (key.identityOf !== order.identityOf) {
        return null;
    }
    const parameters = makeParameters();
    const { rows } = await connection.queryText(
        `select ${order.terms.map(({ sql, typeId }) => toText(sql, typeId)).join(", ")} ` +
            `from ${buildFromSql(view.relation)} where ${buildIdentity(order, key, parameters)} limit 1`,
        parameters.values,
    );
    const [values] = rows;
    if (values === undefined) {
        // The row is gone, but its known values still tell about where it was.
        return isOfOrder ? key : null;
    }
    return { ...key, order: order.name, values, isComplete: true, twins: isOfOrder ? key.twins : null };
}

/** The condition for the row of a key, in any order of the view. */
export function buildIdentity(order: ViewOrder, { identity }: RowKey, parameters: Parameters): string {
    const terms = order.identityTerms.flatMap((index) => order.terms[index] ?? []);
    return buildEquality(terms, identity, (value, castType) => parameters.bind(value, castType));
}

/** Where to begin a scan so that its first row is this one, or the next one. */
export async function startAt(
    reader: Reader,
    { values, twins }: RowKey,
    direction: ScanDirection,
    includesRow: boolean,
): Promise<Pick<Scan, "start" | "skip">> {
    const side = direction === "forward" ? "before" : "after";
    if (!reader.order.mayHaveTwins || (twins !== null && twins.side !== side && twins.count === 0 && !includesRow)) {
        return { start: { values, includesRow }, skip: 0 };
    }
    // The scan begins with all rows equal to this one; those on the other side of it are skipped.
    const { count } = twins ?? { count: 0 };
    const isCountedBehind = twins === null || twins.side === side;
    const behind = isCountedBehind ? count : Math.max(0, (await countEqual(reader, values)) - 1 - count);
    return { start: { values, includesRow: true }, skip: behind + (includesRow ? 0 : 1) };
}

/** The number of rows with these values. */
export async function countEqual(
    { connection, view, order }: Reader,
    values: RowKey["values"],
    condition: (parameters: Parameters) => string = () => "true",
): Promise<number> {
    const parameters = makeParameters();
    const conditions = [
        ...buildConditions(view, parameters),
        condition(parameters),
        buildEquality(order.terms, values, (value, castType) => parameters.bind(value, castType)),
    ];
    const { rows } = await connection.queryText(
        `select count(*) from ${buildFromSql(view.relation)}${buildWhereSql(conditions)}`,
        parameters.values,
    );
    return Number(rows[0]?.[0] ?? 0);
}
