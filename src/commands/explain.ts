import { StardeckError } from "../database/errors.js";
import { describeExplanation, loadExplanation, type Explanation } from "../engine/explain-model.js";
import { makeGraph, type Graph } from "../engine/graph.js";
import { didYouMean } from "../text/nearest-name.js";
import { loadRegistry, type TableModel } from "../warehouse/registry.js";
import { defineCommand, type Invocation } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { openDatabase } from "./open-database.js";
import { styled, type Output } from "./output.js";

export const command = defineCommand({
    name: "explain",
    description:
        "Shows by which entity a table model is rebuilt, and for each table that it reads which entities a changed row affects, as its SELECT says: as SQL and as a sentence. What cannot be told is rebuilt whole, with the reason.",
    arguments: [{ name: "MODEL", isRequired: true, description: "a table model" }],
    flags: {},
    examples: [
        { command: "stardeck explain fct_order_items", does: "Which orders a changed product affects, and why." },
    ],
    writes: false,
    endsWhenInterrupted: "at-once",
    run: explain,
});

/** Prints how one table model is kept up to date. */
export async function explain(invocation: Invocation<Readonly<Record<string, never>>>): Promise<ExitCode> {
    const { settings, output } = invocation;
    const [given = ""] = invocation.arguments;
    await openDatabase({ settings, output }, async (database) => {
        const explained = await database.withTransaction(
            async (connection) => {
                const graph = makeGraph(await loadRegistry(connection));
                return loadExplanation(connection, graph, findTableModel(graph, given));
            },
            { readOnly: true },
        );
        if (output.isJson) {
            record(explained, output);
            return;
        }
        for (const line of describeExplanation(explained)) {
            output.line(
                line.map((part) =>
                    typeof part === "string" ? part : styled(part.look === "strong" ? "bold" : "dim", part.text),
                ),
            );
        }
    });
    return exitCodes.done;
}

function record({ model, upstreams, stop, unindexed }: Explanation, output: Output): void {
    output.record({
        type: "explanation",
        modelName: model.name,
        entityKey: model.entityKey,
        entityReason: model.entityReason,
        computesAll: stop,
        upstreams: upstreams.map(({ name, kind, declared, derived }) => ({
            name,
            kind,
            ...(declared === null ? {} : { declared }),
            ...(derived === null
                ? {}
                : derived.kind === "whole"
                  ? { whole: derived.reason }
                  : { select: derived.select, sentence: derived.sentence }),
        })),
        unindexed,
    });
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
