import type { Entity } from "../runs/entity-queue.js";
import { equalityOf, type Target } from "./target.js";

/** An SQL condition that selects the rows of some entities, and its parameters. */
export interface EntityScope {
    readonly condition: string;
    readonly parameters: readonly (readonly (string | null)[])[];
}

/**
 * The condition for the rows of the given entities, such as `"customer_id" = any($1)`: PostgreSQL pushes it into windows and
 * aggregates by that column. Null counts as an entity, too.
 *
 * With several columns, each gets a condition of its own. That may also select other entities, which does no harm; PostgreSQL would not
 * push down a list of pairs.
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
