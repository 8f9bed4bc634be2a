import { StardeckError } from "../database/errors.js";
import { reach, type Graph } from "../engine/graph.js";
import { didYouMean } from "../text/nearest-name.js";
import { loadColumnGraph, type ColumnGraph } from "../warehouse/column-graph.js";
import { loadUsedColumns } from "../warehouse/column-lineage.js";
import type { Queryable } from "../warehouse/registry.js";

/** A column and its lineage. */
export interface ColumnLineage {
    /** The name of its model or source. */
    readonly name: string;
    /** Its name in the database, with schema: `marts.mart_weekly_discounts`. */
    readonly relation: string;
    readonly column: string;
    readonly graph: ColumnGraph;
}

/** Finds a model or source by its name, or by its name in the database with schema. */
export function findNodeOrNull(graph: Graph, given: string): string | null {
    const names = [...graph.models.keys(), ...graph.sources.keys()];
    return (
        names.find(
            (name) => name === given || `${graph.relationOf(name).schema}.${graph.relationOf(name).name}` === given,
        ) ?? null
    );
}

/**
 * The lineage of a column, from the landing tables to all columns that are computed from it.
 *
 * @param given `MODEL.COLUMN`, with or without the schema before it
 * @throws StardeckError `usage` when there is no such model, source or column, with the nearest name.
 */
export async function loadColumnLineage(database: Queryable, graph: Graph, given: string): Promise<ColumnLineage> {
    const dot = given.lastIndexOf(".");
    const name = dot === -1 ? null : findNodeOrNull(graph, given.slice(0, dot));
    if (name === null) {
        const model = dot === -1 ? given : given.slice(0, dot);
        throw new StardeckError(`There is no model or source "${model}".`, {
            code: "usage",
            hint: didYouMean(
                model,
                [...graph.models.keys(), ...graph.sources.keys()],
                "`stardeck ls` lists all models.",
            ),
        });
    }
    const column = given.slice(dot + 1);
    const relation = graph.relationOf(name);
    const columns = (await loadUsedColumns(database, relation)).map((each) => each.name);
    if (!columns.includes(column)) {
        throw new StardeckError(`${relation.schema}.${relation.name} has no column "${column}".`, {
            code: "usage",
            hint: didYouMean(column, columns, `It has ${columns.join(", ")}.`),
        });
    }
    const concerned = new Set([name, ...reach([name], graph.upstreamOf), ...reach([name], graph.downstreamOf)]);
    const models = [...graph.models.values()].filter((model) => concerned.has(model.name));
    return {
        name,
        relation: `${relation.schema}.${relation.name}`,
        column,
        graph: await loadColumnGraph(database, models, graph.models.values()),
    };
}

/** `marts.mart_weekly_discounts.discount_amount = sum(discount_amount)` */
export function describeColumn(key: string, graph: ColumnGraph): string {
    const expressions = graph.expressionsOf(key);
    return expressions.length === 0 ? key : `${key} = ${expressions.join(" or ")}`;
}
