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
    /** Null counts as a value. */
    readonly value: string | null;
    /** True when the value is too long to be given whole, so that no filter can be made of it. */
    readonly isClipped: boolean;
    readonly count: number;
    /** Of all rows of the view, from 0 to 1. */
    readonly share: number;
}

/** Longer values are given without their end. */
export const clipCharacters = 300;

/** A SELECT of the different values of a column among the view's rows, each with how often it occurs. */
export interface CountedValues {
    /** Its columns are `value` and `rows`; null is a value as well. */
    readonly sql: string;
    /** The type of `value`. */
    readonly typeId: number;
    /** Values can be ordered. */
    readonly isOrdered: boolean;
}

/** Types without an order have no equality either: their texts are counted. */
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

/** SQL for the text of a value that is not null, clipped; in JSON as well as in a column of its own. */
export function textOfValue(reference: string, typeId: number): string {
    return isShortType(typeId) ? `format('%s', ${reference})` : buildClippedSql(reference, typeId, clipCharacters);
}

/** A value with its count; `given` as the server clipped it. */
export function parseValueCount(given: string | null, count: number, rowCount: number, typeId: number): ValueCount {
    const { text, bytes } = parseClipped(given, typeId, clipCharacters);
    return { value: text, isClipped: bytes !== null, count, share: rowCount === 0 ? 0 : count / rowCount };
}

/** The text of a value, with `…` for the end that the server has cut off. */
export function parseText(given: string | null, typeId: number): string | null {
    const { text, bytes } = parseClipped(given, typeId, clipCharacters);
    return bytes === null ? text : `${text ?? ""}…`;
}
