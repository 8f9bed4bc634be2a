import { StardeckError } from "../database/errors.js";
import type { DerivedMapping, Lookup } from "../derivation/derive-mappings.js";
import { makeGraph, type Graph } from "../engine/graph.js";
import { formatIdentifier } from "../sql/identifiers.js";
import { didYouMean } from "../text/nearest-name.js";
import { loadDerivedMappings } from "../warehouse/derived-mappings.js";
import { sameColumnMapping } from "../warehouse/lineage.js";
import { loadUnindexed } from "../warehouse/load-unindexed.js";
import { loadRegistry, type TableModel } from "../warehouse/registry.js";
import { defineCommand, type Invocation } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { openDatabase } from "./open-database.js";
import { styled, type Output } from "./output.js";

export const command = defineCommand({
    name: "explain",
    description:
        "Shows by which entity a table model is rebuilt, and for each table that it reads which entities a changed row affects, as its SELECT says: as SQL and as a sentence, beside what builds go by.",
    arguments: [{ name: "MODEL", isRequired: true, description: "a table model" }],
    flags: {},
    examples: [
        { command: "stardeck explain fct_order_items", does: "Which orders a changed product affects, and why." },
    ],
    writes: false,
    endsWhenInterrupted: "at-once",
    run: explain,
});

/** One table that a model reads. */
interface ExplainedUpstream {
    readonly name: string;
    readonly kind: "source" | "model";
    /** The SELECT over `changed` that builds go by: the author's, or the entity's own column. */
    readonly inUse: string;
    readonly derived: DerivedMapping | null;
}

/** Prints how one table model is kept up to date. */
export async function explain(invocation: Invocation<Readonly<Record<string, never>>>): Promise<ExitCode> {
    const { settings, output } = invocation;
    const [given = ""] = invocation.arguments;
    await openDatabase({ settings, output }, async (database) => {
        const graph = makeGraph(await loadRegistry(database));
        const model = findTableModel(graph, given);
        const upstreams = graph.tablesUpstreamOf(model.name);
        const derived = await loadDerivedMappings(
            database,
            model,
            upstreams.map(({ upstreamName: name, upstreamKind: kind }) => ({
                schema: schemaOf(graph, name),
                name,
                kind,
            })),
        );
        const explained = upstreams.map(({ upstreamName: name, upstreamKind: kind }): ExplainedUpstream => ({
            name,
            kind,
            inUse: model.affectedBy[name] ?? sameColumnMapping(model.entityKey),
            derived: derived.get(name) ?? null,
        }));
        const lookups = explained.flatMap((upstream) =>
            upstream.derived?.kind === "entities" ? upstream.derived.lookups : [],
        );
        print(model, explained, await loadUnindexed(database, lookups), output);
    });
    return exitCodes.done;
}

function schemaOf(graph: Graph, name: string): string {
    return graph.models.get(name)?.schema ?? graph.sources.get(name)?.schema ?? "";
}

function print(
    model: TableModel,
    upstreams: readonly ExplainedUpstream[],
    unindexed: readonly Lookup[],
    output: Output,
): void {
    if (output.isJson) {
        output.record({
            type: "explanation",
            modelName: model.name,
            entityKey: model.entityKey,
            upstreams: upstreams.map(({ name, kind, inUse, derived }) => ({
                name,
                kind,
                inUse,
                ...(derived === null
                    ? {}
                    : derived.kind === "whole"
                      ? { whole: derived.reason }
                      : { select: derived.select, sentence: derived.sentence }),
            })),
            unindexed,
        });
        return;
    }
    output.line([
        styled("bold", `${model.schema}.${model.name}`),
        ` is rebuilt by ${formatIdentifier(model.entityKey)}.`,
    ]);
    for (const { name, kind, inUse, derived } of upstreams) {
        output.line("");
        output.line([styled("bold", name), kind === "source" ? " (source)" : " (table)"]);
        if (derived?.kind === "entities") {
            output.line(`  ${derived.sentence}`);
            printSql(derived.select, output);
        } else {
            output.line(
                `  Only a rebuild of the whole model follows from its SELECT: ${derived?.reason ?? "its SELECT is not in this database"}.`,
            );
        }
        output.line("  Builds go by:");
        printSql(inUse, output);
    }
    if (unindexed.length > 0) {
        output.line("");
        output.line("An index would make these look-ups faster:");
        for (const { schema, name, columns } of unindexed) {
            const list = columns.map(formatIdentifier).join(", ");
            output.line(`  create index on ${formatIdentifier(schema)}.${formatIdentifier(name)} (${list});`);
        }
    }
}

function printSql(sql: string, output: Output): void {
    const lines = sql.split("\n").filter((line) => line.trim() !== "");
    const margin = Math.min(...lines.map((line) => line.length - line.trimStart().length));
    for (const line of lines) {
        output.line(styled("dim", `      ${line.slice(margin)}`));
    }
}

function findTableModel(graph: Graph, given: string): TableModel {
    const names = [...graph.models.values()]
        .filter(({ materialisation }) => materialisation === "table")
        .map(({ name }) => name);
    const found = [...graph.models.values()].find(
        ({ name, schema }) => name === given || `${schema}.${name}` === given,
    );
    if (found === undefined) {
        throw new StardeckError(`There is no model "${given}".`, {
            code: "usage",
            hint: didYouMean(given, names, "`stardeck ls` lists all models."),
        });
    }
    if (found.materialisation === "view") {
        throw new StardeckError(`"${found.name}" is a view: it holds no rows that could become stale.`, {
            code: "usage",
            hint: "Table models are explained: `stardeck ls` lists all models.",
        });
    }
    return found;
}
