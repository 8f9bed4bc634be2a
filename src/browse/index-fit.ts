import { quoteIdentifier } from "../sql/identifiers.js";
import type { Relation, RelationIndex } from "./relation.js";
import type { OrderTerm } from "./view-order.js";

/** How many terms come in order from the index that fits best, read forwards or backwards. */
export function countIndexedTerms({ indexes }: Pick<Relation, "indexes">, terms: readonly OrderTerm[]): number {
    return Math.max(
        0,
        ...indexes.map(({ columns }) => Math.max(countGiven(terms, columns, false), countGiven(terms, columns, true))),
    );
}

function countGiven(terms: readonly OrderTerm[], columns: RelationIndex["columns"], isBackward: boolean): number {
    const unlike = terms.findIndex(({ sql, descending }, at) => {
        const column = columns[at];
        return (
            column === undefined ||
            quoteIdentifier(column.name) !== sql ||
            descending !== (column.descending !== isBackward)
        );
    });
    return unlike < 0 ? terms.length : unlike;
}
