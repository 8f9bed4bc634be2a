import type { Connection } from "../database/connection.js";
import { StardeckError } from "../database/errors.js";
import type { DerivedMapping, Lookup } from "../derivation/derive-mappings.js";
import { makeGraph, type Graph } from "../engine/graph.js";
import { formatIdentifier } from "../sql/identifiers.js";
import { didYouMean } from "../text/nearest-name.js";
import { loadDerivedMappings } from "../warehouse/derived-mappings.js";
import { findStops } from "../warehouse/find-stop.js";
import { loadUnindexed } from "../warehouse/load-unindexed.js";
import { loadMappedModel } from "../warehouse/refresh-mappings.js";
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

/** One table that a model reads. */
interface ExplainedUpstream {
    readonly name: string;
    readonly kind: "source" | "model";
    /** The SELECT over `changed` that the model's file names instead; null where builds go by what is derived. */
    readonly declared: string | null;
    readonly derived: DerivedMapping | null;
}

/** A table model, and why it is kept up to date as it is. */
interface Explanation {
    readonly model: TableModel;
    readonly upstreams: readonly ExplainedUpstream[];
    /** What keeps PostgreSQL from computing the rows of one entity alone; null for nothing. */
    readonly stop: string | null;
    readonly unindexed: readonly Lookup[];
}

/** Prints how one table model is kept up to date. */
export async function explain(invocation: Invocation<Readonly<Record<string, never>>>): Promise<ExitCode> {
    const { settings, output } = invocation;
    const [given = ""] = invocation.arguments;
    await openDatabase({ settings, output }, async (database) => {
        const explained = await database.withTransaction((connection) => loadExplanation(connection, given), {
            readOnly: true,
        });
        if (output.isJson) {
            record(explained, output);
        } else {
            print(explained, output);
        }
    });
    return exitCodes.done;
}

async function loadExplanation(connection: Connection, given: string): Promise<Explanation> {
    const graph = makeGraph(await loadRegistry(connection));
    const model = findTableModel(graph, given);
    const mapped = await loadMappedModel(connection, model.name);
    const derived = mapped === null ? undefined : (await loadDerivedMappings(connection, [mapped])).get(model.name);
    const upstreams = graph
        .tablesUpstreamOf(model.name)
        .map(({ upstreamName: name, upstreamKind: kind }): ExplainedUpstream => ({
            name,
            kind,
            declared: model.affectedBy[name] ?? null,
            derived: derived?.mappings.get(name) ?? null,
        }));
    const lookups = upstreams.flatMap((upstream) =>
        upstream.derived?.kind === "entities" ? upstream.derived.lookups : [],
    );
    const isMapped = upstreams.some((upstream) => upstream.derived?.kind === "entities");
    const [stop = null] = isMapped ? await findStops(connection, [model]) : [];
    return {
        model,
        upstreams,
        stop,
        unindexed: await loadUnindexed(connection, lookups),
    };
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

function print({ model, upstreams, stop, unindexed }: Explanation, output: Output): void {
    const name = styled("bold", `${model.schema}.${model.name}`);
    if (model.entityKey.length === 0) {
        output.line([name, " is rebuilt whole when a table that it reads changes."]);
        output.line(`Why: ${model.entityReason ?? "its SELECT tells no entities"}.`);
    } else {
        output.line([name, ` is rebuilt by ${model.entityKey.map(formatIdentifier).join(", ")}.`]);
        output.line(
            `Why: ${model.entityReason ?? "its file says so, by `Entity:` or by what speaks of the key's first column"}.`,
        );
        if (stop !== null) {
            output.line(styled("dim", `PostgreSQL computes all rows before it takes those of some entities: ${stop}.`));
        }
    }
    for (const upstream of upstreams) {
        output.line("");
        output.line([styled("bold", upstream.name), upstream.kind === "source" ? " (source)" : " (table)"]);
        if (upstream.derived?.kind === "entities") {
            output.line(`  ${upstream.derived.sentence}`);
            printSql(upstream.derived.select, output);
        } else {
            const reason = upstream.derived?.reason ?? "its SELECT is not in this database";
            output.line(`  The whole model is rebuilt when it changes: ${reason}.`);
        }
        if (upstream.declared !== null) {
            output.line("  Builds go by affectedBy of the model's file instead:");
            printSql(upstream.declared, output);
        }
    }
    if (unindexed.length > 0) {
        output.line("");
        output.line("An index would make these look-ups faster:");
        for (const { schema, name: table, columns } of unindexed) {
            const list = columns.map(formatIdentifier).join(", ");
            output.line(`  create index on ${formatIdentifier(schema)}.${formatIdentifier(table)} (${list});`);
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
