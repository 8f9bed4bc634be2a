import { quoteIdentifier, quoteLiteral, quoteQualified } from "../../sql/identifiers.js";
import type { TraceColumn, TraceRelation } from "./trace-facts.js";

const numbers: ReadonlySet<string> = new Set(["smallint", "integer", "bigint", "numeric", "real", "double precision"]);
const texts: ReadonlySet<string> = new Set(["text", "character varying", "character", "name"]);
/** Types without an equality operator. */
const incomparable: ReadonlySet<string> = new Set(["json", "xml", "point", "polygon", "txid_snapshot", "pg_snapshot"]);

export function isComparable({ type }: TraceColumn): boolean {
    return !incomparable.has(type);
}

/** `"order_id" in ('5', '7')`: the column holds one of the values, which come from a column of `valueType`. */
export function buildOneOf(column: TraceColumn, values: readonly string[], valueType: string): string {
    const name = quoteIdentifier(column.name);
    const literals = [...new Set(values)].map((value) => quoteLiteral(value).trimStart());
    const isSame = column.type === valueType || (texts.has(column.type) && texts.has(valueType));
    const isNumber = numbers.has(column.type) && numbers.has(valueType);
    const left = isSame || isNumber ? name : `${name}::text`;
    // An untyped literal gets the column's type, and a number out of its range would be an error. So numbers keep their own type.
    const typed = literals.map((literal) => (isNumber && !isSame ? `${literal}::${valueType}` : literal));
    return typed.length === 1 ? `${left} = ${typed[0] ?? ""}` : `${left} in (${typed.join(", ")})`;
}

/** `"placed_date_key" in (select "date_key" from "warehouse"."dim_date" where …)` */
export function buildThrough(
    column: TraceColumn,
    bridge: TraceRelation,
    bridgeColumn: TraceColumn,
    where: string,
): string {
    const isSame = column.type === bridgeColumn.type || (numbers.has(column.type) && numbers.has(bridgeColumn.type));
    const cast = isSame ? "" : "::text";
    return (
        `${quoteIdentifier(column.name)}${cast} in (select ${quoteIdentifier(bridgeColumn.name)}${cast} ` +
        `from ${quoteQualified(bridge.schema, bridge.name)} where ${where})`
    );
}
