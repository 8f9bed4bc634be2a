import { quoteIdentifier } from "../sql/identifiers.js";
import { typeIds } from "../text/column-types.js";
import { buildClippedSql, parseClipped, toText } from "./cell-sql.js";
import { isShortType } from "../text/column-kinds.js";
import { buildConditions, buildWhereSql } from "./filter-sql.js";
import { buildFromSql } from "./from-sql.js";
import { findColumn, type GridView } from "./grid-view.js";
import type { Parameters } from "./parameters.js";

/** How often a value occurs. */
export interface ValueCount {
    /** Null is counted like a value. */
    readonly value: string | null;
    /** True when the value was too long and is cut, so that it cannot be used as a filter. */
    readonly isClipped: boolean;
    readonly count: number;
    /** The share of all rows of the view, from 0 to 1. */
    readonly share: number;
}

/** Longer values are cut to this length. */
export const clipCharacters = 300;

/** A SELECT of the different values of a column among the view's rows, with their counts. */
export interface CountedValues {
    /** A SELECT with the columns `value` and `rows`; null is counted like a value. */
    readonly sql: string;
    /** The type of `value`. */
    readonly typeId: number;
    /** True when the values can be ordered. */
    readonly isOrdered: boolean;
}

/** For types without an order, which have no equality either, texts are counted. */
export function buildCountedValues(view: GridView, columnName: string, parameters: Parameters): CountedValues {
    const column = findColumn(view.relation, columnName);
    const name = quoteIdentifier(column.name);
    const isOrdered = column.unsortableReason === null;
    const where = buildWhereSql(buildConditions(view, parameters));
    return {
        sql:
            `select value, count(*) as rows from (select ${isOrdered ? name : toText(name, column.typeId)} as value ` +
            `from ${buildFromSql(view.relation)}${where}) as each_row group by value`,
        typeId: isOrdered ? column.typeId : typeIds.text,
        isOrdered,
    };
}

/** SQL for the clipped text of a value that is not null, the same within JSON as in a column. */
export function textOfValue(reference: string, typeId: number): string {
    return isShortType(typeId) ? `format('%s', ${reference})` : buildClippedSql(reference, typeId, clipCharacters);
}

/** A value with its count; `given` is the result of `textOfValue`. */
export function parseValueCount(given: string | null, count: number, rowCount: number, typeId: number): ValueCount {
    const { text, bytes } = parseClipped(given, typeId, clipCharacters);
    return { value: text, isClipped: bytes !== null, count, share: rowCount === 0 ? 0 : count / rowCount };
}

/** The text of a value, with `…` in place of a clipped end. */
export function parseText(given: string | null, typeId: number): string | null {
    const { text, bytes } = parseClipped(given, typeId, clipCharacters);
    return bytes === null ? text : `${text ?? ""}…`;
}
