import { quoteIdentifier } from "../sql/identifiers.js";
import type { TextRow } from "../text/format-table.js";
import { buildClippedSql, parseClipped } from "./cell-sql.js";
import { nameBeside } from "./name-beside.js";
import type { BrowseColumn, Relation } from "./relation.js";
import type { BrowseRow, RowKey } from "./row-page.js";
import type { ViewOrder } from "./view-order.js";

/** How many characters of a cell are read, and of a value that rows are ordered by. */
const defaultClipCharacters = 300;

/** What a statement gives of each row, and how a result's row is read. */
export interface RowShape {
    /** The expressions, in words of the columns and of the names from `nameTerm`. */
    readonly select: string;
    /** The row without its twins: those only its neighbours tell. */
    parse(values: TextRow): BrowseRow;
}

/**
 * The cells of the given columns, and what the order needs for the row's key; each expression is read once.
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
        // What identifies a row must be whole, or it could not be found again.
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

/** The key of a row with these values, twins not counted. */
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

/** What a term is called around the statement that gives the rows. */
export function nameTerm(relation: Relation, { terms }: ViewOrder, index: number): string {
    const term = terms[index];
    return term?.isColumn === true ? term.sql : nameBeside(relation, `order ${index + 1}`);
}
