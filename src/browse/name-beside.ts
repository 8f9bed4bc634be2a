import { quoteIdentifier } from "../sql/identifiers.js";
import type { Relation } from "./relation.js";

/** A quoted name for an expression that is selected beside the relation's columns, different from all their names. */
export function nameBeside({ columns }: Pick<Relation, "columns">, wish: string): string {
    let name = wish;
    while (columns.some((column) => column.name === name)) {
        name = `${name}'`;
    }
    return quoteIdentifier(name);
}
