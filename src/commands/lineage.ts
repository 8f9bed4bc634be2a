import { findNodeOrNull, loadColumnLineage } from "../browse/load-column-lineage.js";
import { makeGraph, type Graph } from "../engine/graph.js";
import { loadReadColumns, type ReadColumn } from "../warehouse/column-lineage.js";
import { formatLineageTree, makeLineageTree } from "../text/graph/lineage-tree.js";
import { loadRegistry } from "../warehouse/registry.js";
import { defineCommand, type FlagValues, type Invocation } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { openDatabase } from "./open-database.js";
import type { Output } from "./output.js";
import { printColumnLineage } from "./print-column-lineage.js";

const flags = {
    columns: { type: "boolean", description: "Also list the columns that the model's SELECT reads" },
} as const;

export const command = defineCommand({
    name: "lineage",
    description:
        "Shows what a model, a source or one of its columns is made from and what is made from it. Lineage comes from PostgreSQL's own catalog and is never declared.",
    arguments: [{ name: "MODEL", isRequired: true, description: "model or source, or MODEL.COLUMN" }],
    flags,
    examples: [
        { command: "stardeck lineage mart_weekly_discounts", does: "From the landing tables to the mart." },
        { command: "stardeck lineage fct_orders --columns", does: "With the columns that its SELECT reads." },
        {
            command: "stardeck lineage mart_weekly_discounts.discount_amount",
            does: "A column, the expressions that make it, and its way back to the landing columns.",
        },
    ],
    writes: false,
    endsWhenInterrupted: "at-once",
    run: lineage,
});

/** Prints the lineage of one model or source. */
export async function lineage(invocation: Invocation<FlagValues<typeof flags>>): Promise<ExitCode> {
    const { settings, output } = invocation;
    const [given = ""] = invocation.arguments;
    await openDatabase({ settings, output }, async (database) => {
        const graph = makeGraph(await loadRegistry(database));
        const name = findNodeOrNull(graph, given);
        if (name === null) {
            printColumnLineage(await loadColumnLineage(database, graph, given), output);
            return;
        }
        const model = graph.models.get(name);
        const columns =
            invocation.flags.columns === true && model !== undefined ? await loadReadColumns(database, model) : null;
        print(graph, name, columns, output);
    });
    return exitCodes.done;
}

function print(graph: Graph, name: string, columns: readonly ReadColumn[] | null, output: Output): void {
    const label = (each: string): string => describeNode(graph, each);
    if (output.isJson) {
        output.record({
            type: "lineage",
            name,
            kind: graph.models.has(name) ? "model" : "source",
            upstream: graph.upstreamOf(name),
            downstream: graph.downstreamOf(name),
            ...(columns === null ? {} : { columns }),
        });
        return;
    }
    const above = formatLineageTree(makeLineageTree(name, graph.upstreamOf), label);
    const below = formatLineageTree(makeLineageTree(name, graph.downstreamOf), label);
    output.line(label(name));
    output.line(above.length > 0 ? "made from" : "made from nothing in this database");
    for (const line of above) {
        output.line(`  ${line}`);
    }
    output.line(below.length > 0 ? "needed by" : "needed by no model");
    for (const line of below) {
        output.line(`  ${line}`);
    }
    if (columns !== null) {
        output.line("columns read");
        for (const line of formatColumns(columns)) {
            output.line(`  ${line}`);
        }
    }
}

function formatColumns(columns: readonly ReadColumn[]): readonly string[] {
    const relations = [...new Set(columns.map((column) => `${column.schema}.${column.relationName}`))];
    return relations.map((relation) => {
        const names = columns
            .filter((column) => `${column.schema}.${column.relationName}` === relation)
            .map((column) => column.columnName);
        return `${relation}: ${names.join(", ")}`;
    });
}

function describeNode(graph: Graph, name: string): string {
    const relation = graph.relationOf(name);
    return `${relation.schema}.${relation.name} (${graph.models.get(name)?.materialisation ?? "source"})`;
}
