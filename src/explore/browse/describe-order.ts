import { formatIdentifier, quoteIdentifier } from "../../database/identifiers.js";
import type { GridView } from "./grid-view.js";
import { countIndexedTerms } from "./index-fit.js";
import { makeViewOrder, type ViewOrder } from "./view-order.js";

/** What rows are ordered by, as people write it. */
export interface OrderItem {
    readonly name: string;
    readonly descending: boolean;
}

/** All that the view's rows are ordered by; the digest that orders equal rows of a view or query is left out. */
export function listOrder(view: GridView): readonly OrderItem[] {
    return namedTerms(view, makeViewOrder(view));
}

function namedTerms({ relation }: GridView, { terms }: Pick<ViewOrder, "terms">): readonly OrderItem[] {
    const names = new Map(relation.columns.map(({ name }) => [quoteIdentifier(name), formatIdentifier(name)]));
    return terms.flatMap(({ sql, descending }) => {
        const name = names.get(sql) ?? (relation.identity.by === "place" ? sql : null);
        return name === null ? [] : [{ name, descending }];
    });
}

/**
 * How the rows are ordered and why, to follow “The rows come”:
 * `in the order of the primary key (order_id): an index gives it`.
 */
export function describeOrder(view: GridView): string {
    const { relation, sorts } = view;
    const { by } = makeViewOrder(view);
    if (by === "position") {
        return `in the order that the ${relation.kind} gives them`;
    }
    if (by === "place") {
        return "in the order they are stored in";
    }
    const items = listOrder(view);
    const own = new Set(sorts.map(({ column }) => formatIdentifier(column)));
    const sorted = items.filter(({ name }) => own.has(name)).map(describeItem);
    const tie = describeTie(
        view,
        items.filter(({ name }) => !own.has(name)),
    );
    const order =
        sorted.length === 0
            ? `in the order of ${tie ?? "nothing"}`
            : `sorted by ${sorted.join(", ")}${tie === null ? "" : `, then by ${tie}`}`;
    const isQuery = relation.kind === "query" || relation.kind === "view";
    const costs = {
        none: "the server need not sort them",
        index: "an index gives it",
        partly: "an index gives the first part, the server sorts within it",
        sort: isQuery
            ? "the server reads and sorts all of them"
            : "there is no index for it, so the server sorts all rows",
    };
    return `${order}: ${costs[sortCost(view)]}`;
}

function describeItem({ name, descending }: OrderItem): string {
    return `${name} ${descending ? "descending" : "ascending"}`;
}

/** What orders rows that are equal in the sorts. */
function describeTie({ relation }: GridView, rest: readonly OrderItem[]): string | null {
    const names = rest.map(({ name }) => name).join(", ");
    switch (relation.identity.by) {
        case "key": {
            const isPrimary = JSON.stringify(relation.primaryKey) === JSON.stringify(relation.identity.columns);
            return rest.length === 0 ? null : `the ${isPrimary ? "primary" : "unique"} key (${names})`;
        }
        case "place":
            return "where they are stored, as no key tells them apart";
        case "position":
            return `${names === "" ? "all columns" : `its columns (${names}, …)`}, as no key tells them apart`;
    }
}

/**
 * `index` when the rows come in order from an index, `partly` when an index gives the first sorts, `none` when they
 * come in the order wished without either, else `sort`.
 */
export function sortCost(view: GridView): "index" | "partly" | "none" | "sort" {
    const { by, terms } = makeViewOrder(view);
    if (by !== "values") {
        return "none";
    }
    const given = countIndexedTerms(view.relation, terms);
    return given === 0 ? "sort" : given === terms.length ? "index" : "partly";
}
