import type { Entity } from "../runs/entity-queue.js";
import { equalityOf, type Target } from "./target.js";

/** SQL that picks the rows of some entities, and its parameters. */
export interface EntityScope {
    readonly condition: string;
    readonly parameters: readonly (readonly (string | null)[])[];
}

/**
 * The condition that holds for the rows of the given entities, as `"customer_id" = any($1)`: PostgreSQL pushes it into windows and
 * aggregates by that column. A null is one more entity.
 *
 * Of an entity of several columns each is asked for by itself: the rows of further entities do no harm, and a list of pairs would not
 * be pushed anywhere.
 */
export function makeEntityScope(target: Target, entities: readonly Entity[]): EntityScope {
    const conditions: string[] = [];
    const parameters: (readonly (string | null)[])[] = [];
    for (const [place, { column, type }] of target.entityKey.entries()) {
        const values = new Set(entities.map((entity) => entity[place] ?? null));
        const isListed = `${column} ${equalityOf(target, column)} any($${place + 1}::${type}[])`;
        conditions.push(values.has(null) ? `(${isListed} or ${column} is null)` : isListed);
        parameters.push([...values].filter((value) => value !== null));
    }
    return { condition: conditions.join(" and "), parameters };
}
