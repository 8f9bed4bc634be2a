import { formatIdentifier, quoteIdentifier } from "../sql/identifiers.js";
import type { GridView } from "./grid-view.js";
import type { Relation } from "./relation.js";
import { countIndexedTerms, makeViewOrder, nullsLastSql } from "./view-order.js";

/** One item of an `order by`, as people write it. */
export interface OrderItem {
    readonly name: string;
    readonly descending: boolean;
    /** Where the nulls of a descending column come; null for other columns. */
    readonly nulls: "first" | "last" | null;
}

/**
 * Everything that the view's rows are ordered by. Empty when rows come as they are stored or in the order of a query. The
 * digest that orders equal rows of a view or query is left out.
 */
export function listOrder(view: GridView): readonly OrderItem[] {
    const { relation } = view;
    const { by, terms } = makeViewOrder(view);
    const names = new Map(relation.columns.map(({ name }) => [quoteIdentifier(name), formatIdentifier(name)]));
    return terms.flatMap(({ sql, isColumn, descending, isNullable }, index) => {
        const isPlace = !isColumn && relation.identity.by === "place" && by !== "place";
        const name = isColumn ? names.get(sql) : isPlace ? sql : undefined;
        const nullsAt = terms[index - 1]?.sql === nullsLastSql(sql) ? "last" : "first";
        return name === undefined ? [] : [{ name, descending, nulls: descending && isNullable ? nullsAt : null }];
    });
}

const costs = {
    none: "no sorting is needed",
    index: "an index gives it",
    partly: "an index gives the first part, the server sorts within it",
    sort: "no index gives it, so the server sorts all rows",
};

/** How the rows are ordered and at what cost, to follow “The rows come”: `in the order of the primary key (order_id): an index …`. */
export function describeOrder(view: GridView): string {
    return `${describeTerms(view)}: ${costs[sortCost(view)]}`;
}

function describeTerms(view: GridView): string {
    const { relation, sorts } = view;
    const items = listOrder(view);
    const own = new Set(sorts.map(({ column }) => formatIdentifier(column)));
    const rest = items.filter(({ name }) => !own.has(name)).map(({ name }) => name);
    if (sorts.length === 0) {
        switch (relation.identity.by) {
            case "key":
                return `in the order of the ${nameKey(relation)} (${rest.join(", ")})`;
            case "place":
                return "as they are stored";
            case "position":
                return `as the ${relation.kind === "query" ? "query" : "view"} gives them`;
        }
    }
    const sorted = items.filter(({ name }) => own.has(name)).map(describeItem);
    const ties = {
        key: rest.length === 0 ? "" : `, then by the ${nameKey(relation)} (${rest.join(", ")})`,
        place: ", then as they are stored",
        position: ", then by all columns",
    };
    return `sorted by ${sorted.join(", ")}${ties[relation.identity.by]}`;
}

/** Nulls are mentioned only where they are unexpected: at the top. */
function describeItem({ name, descending, nulls }: OrderItem): string {
    return `${name} ${descending ? `descending${nulls === "first" ? " (nulls first)" : ""}` : "ascending"}`;
}

function nameKey({ primaryKey, identity }: Relation): string {
    const isPrimary = identity.by === "key" && primaryKey?.join() === identity.columns.join();
    return isPrimary ? "primary key" : "unique key";
}

/**
 * The cost of the order: `none` when nothing is sorted, `index` when an index gives the whole order, `partly` when an index
 * gives the first terms; else `sort`.
 */
export function sortCost(view: GridView): "none" | "index" | "partly" | "sort" {
    const { by, terms } = makeViewOrder(view);
    if (by !== "values") {
        return "none";
    }
    const given = countIndexedTerms(view.relation, terms);
    return given === 0 ? "sort" : given === terms.length ? "index" : "partly";
}
