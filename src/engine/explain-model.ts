import type { Connection } from "../database/connection.js";
import type { DerivedMapping, Lookup } from "../derivation/derive-mappings.js";
import { formatIdentifier } from "../sql/identifiers.js";
import { loadDerivedMappings } from "../warehouse/derived-mappings.js";
import { findStops } from "../warehouse/find-stop.js";
import { loadUnindexed } from "../warehouse/load-unindexed.js";
import { loadMappedModel } from "../warehouse/refresh-mappings.js";
import type { TableModel } from "../warehouse/registry.js";
import type { Graph } from "./graph.js";

/** One table that a model reads. */
export interface ExplainedUpstream {
    readonly name: string;
    readonly kind: "source" | "model";
    /** The SELECT over `changed` in the model's file; null if builds use the derived mapping. */
    readonly declared: string | null;
    readonly derived: DerivedMapping | null;
}

/** How a table model is kept up to date, and why. */
export interface Explanation {
    readonly model: TableModel;
    readonly upstreams: readonly ExplainedUpstream[];
    /** The plan node that keeps PostgreSQL from computing the rows of one entity alone; null if there is none. */
    readonly stop: string | null;
    readonly unindexed: readonly Lookup[];
}

/** Derives from the current SELECT in the database how a table model is kept up to date. */
export async function loadExplanation(connection: Connection, graph: Graph, model: TableModel): Promise<Explanation> {
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

/** A part of a line: plain text, a name, or SQL. */
type ExplanationPart = string | { readonly look: "strong" | "dim"; readonly text: string };

/** The explanation as lines of sentences and indented SQL. */
export function describeExplanation({
    model,
    upstreams,
    stop,
    unindexed,
}: Explanation): readonly (readonly ExplanationPart[])[] {
    const name = { look: "strong", text: `${model.schema}.${model.name}` } as const;
    const key = model.entityKey.map(formatIdentifier).join(", ");
    const head =
        model.entityKey.length === 0
            ? [
                  [name, " is rebuilt whole when a table that it reads changes."],
                  [`Why: ${model.entityReason ?? "its SELECT tells no entities"}.`],
              ]
            : [
                  [name, ` is rebuilt by ${key}.`],
                  [
                      `Why: ${model.entityReason ?? "its file says so, by `Entity:` or by what speaks of the key's first column"}.`,
                  ],
                  ...(stop === null
                      ? []
                      : [[`PostgreSQL computes all rows before it takes those of some entities: ${stop}.`]]),
              ];
    const indexes = unindexed.map(({ schema, name: table, columns }) => [
        `  create index on ${formatIdentifier(schema)}.${formatIdentifier(table)} (${columns.map(formatIdentifier).join(", ")});`,
    ]);
    return [
        ...head,
        ...upstreams.flatMap(describeUpstream),
        ...(indexes.length === 0 ? [] : [[""], ["An index would make these look-ups faster:"], ...indexes]),
    ];
}

function describeUpstream({ name, kind, declared, derived }: ExplainedUpstream): (readonly ExplanationPart[])[] {
    const head = [[""], [{ look: "strong", text: name } as const, kind === "source" ? " (source)" : " (table)"]];
    const how =
        derived?.kind === "entities"
            ? [[`  ${derived.sentence}`], ...formatSql(derived.select)]
            : [
                  [
                      `  The whole model is rebuilt when it changes: ${derived?.reason ?? "its SELECT is not in this database"}.`,
                  ],
              ];
    return declared === null
        ? [...head, ...how]
        : [...head, ...how, ["  Builds go by affectedBy of the model's file instead:"], ...formatSql(declared)];
}

function formatSql(sql: string): (readonly ExplanationPart[])[] {
    const lines = sql.split("\n").filter((line) => line.trim() !== "");
    const margin = Math.min(...lines.map((line) => line.length - line.trimStart().length));
    return lines.map((line) => [{ look: "dim", text: `      ${line.slice(margin)}` }]);
}
