import { quoteIdentifier } from "../sql/identifiers.js";
import type { TextRow } from "../text/format-table.js";
import { buildClippedSql, parseClipped } from "./cell-sql.js";
import { nameBeside } from "./name-beside.js";
import type { BrowseColumn, Relation } from "./relation.js";
import type { BrowseRow, RowKey } from "./row-page.js";
import type { ViewOrder } from "./view-order.js";

/** How many characters are read of a cell, and of a value that rows are ordered by. */
const defaultClipCharacters = 300;

/** What a statement selects of each row, and how to parse the result. */
export interface RowShape {
    /** The expressions, over the relation's columns and the names of `nameTerm`. */
    readonly select: string;
    /** Parses a row. Its twins are not counted: that needs the neighbouring rows. */
    parse(values: TextRow): BrowseRow;
}

/**
 * The cells of the given columns, and the terms of the order for the row's key; each expression is selected once.
 *
 * @param clipCharacters null for whole values
 */
export function makeRowShape(
    relation: Relation,
    columns: readonly BrowseColumn[],
    order: ViewOrder,
    clipCharacters: number | null = defaultClipCharacters,
): RowShape {
    const expressions = new Map<string, number>();
    const place = (expression: string): number => {
        const known = expressions.get(expression) ?? expressions.size;
        expressions.set(expression, known);
        return known;
    };
    const cells = columns.map(({ name, typeId }) => ({
        index: place(buildClippedSql(quoteIdentifier(name), typeId, clipCharacters)),
        typeId,
    }));
    const terms = order.terms.map(({ typeId }, term) => {
        const name = nameTerm(relation, order, term);
        // Values that identify a row must be whole, to find it again.
        const clip = order.identityTerms.includes(term) ? null : defaultClipCharacters;
        return { index: place(buildClippedSql(name, typeId, clip)), typeId, clip };
    });
    return {
        select: expressions.size === 0 ? "null" : [...expressions.keys()].join(", "),
        parse(values) {
            const read = cells.map(({ index, typeId }) => parseClipped(values[index] ?? null, typeId, clipCharacters));
            const keyed = terms.map(({ index, typeId, clip }) => parseClipped(values[index] ?? null, typeId, clip));
            return {
                key: makeKey(
                    order,
                    keyed.map(({ text }) => text),
                    keyed.every(({ bytes }) => bytes === null),
                ),
                cells: read.map(({ text }) => text),
                clippedBytes: Object.fromEntries(
                    read.flatMap(({ bytes }, index) => (bytes === null ? [] : [[index, bytes]])),
                ),
            };
        },
    };
}

/** The key of a row with these values, without counted twins. */
export function makeKey(order: ViewOrder, values: TextRow, isComplete: boolean): RowKey {
    return {
        order: order.name,
        values,
        isComplete,
        identityOf: order.identityOf,
        identity: order.identityTerms.map((term) => values[term] ?? null),
        twins: null,
    };
}

/** The name of a term outside the subquery that selects the rows. */
export function nameTerm(relation: Relation, { terms }: ViewOrder, index: number): string {
    const term = terms[index];
    return term?.isColumn === true ? term.sql : nameBeside(relation, `order ${index + 1}`);
}
