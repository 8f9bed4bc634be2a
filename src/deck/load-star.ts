import type { Connection } from "../database/connection.js";
import { StardeckError } from "../database/errors.js";
import { quoteQualified } from "../sql/identifiers.js";
import { isNumericType } from "../text/column-types.js";
import { findRelation } from "../browse/find-relation.js";
import { isIdentifier, type TableColumn } from "../text/format-table.js";
import { loadRegistry, type Model, type Registry } from "../warehouse/registry.js";
import type { BlockContent, ReportCell, StarContent } from "./block-content.js";

/**
 * One fact with the dimensions that its relationships tests name; or, for the whole warehouse, Kimball's bus matrix of facts and
 * dimensions. https://www.kimballgroup.com/data-warehouse-business-intelligence-resources/kimball-techniques/kimball-data-warehouse-bus-architecture/
 *
 * @throws StardeckError `usage` for an unknown name, or a model without dimensions.
 */
export async function loadStar(connection: Connection, fact: string | null): Promise<BlockContent> {
    const registry = await loadRegistry(connection);
    if (fact === null) {
        return { kind: "report", report: makeBusMatrix(registry) };
    }
    const relation = findRelation(registry, fact);
    const keys = dimensionKeys(registry, relation.name);
    if (keys.size === 0) {
        throw new StardeckError(
            `${relation.name} has no dimensions: no relationships test of it names another model.`,
            {
                code: "usage",
                hint: `These have: ${factsOf(registry).join(", ") || "none yet"}.`,
            },
        );
    }
    const columns = await loadColumns(connection, quoteQualified(relation.schema, relation.name));
    const model = findModelOrNull(registry, relation.name);
    const star: StarContent = {
        fact: relation.name,
        grain: model?.grain ?? "",
        measures: columns
            .filter((column) => isNumericType(column.typeId) && !isIdentifier(column))
            .map(({ name }) => name),
        dimensions: [...keys].map(([name, columnNames]) => ({
            name,
            keys: columnNames,
            grain: findModelOrNull(registry, name)?.grain ?? "",
        })),
    };
    return { kind: "star", star };
}

async function loadColumns(connection: Connection, qualified: string): Promise<readonly TableColumn[]> {
    const { fields } = await connection.queryText(`select * from ${qualified} limit 0`, []);
    return fields;
}

function findModelOrNull({ models }: Registry, name: string): Model | null {
    return models.find((model) => model.name === name) ?? null;
}

/** The dimensions of a fact: the models that it refers to and that refer to none themselves, each with the fact's foreign keys. */
function dimensionKeys(registry: Registry, fact: string): ReadonlyMap<string, readonly string[]> {
    const referring = new Set(
        registry.tests.filter(({ kind }) => kind === "relationships").map(({ modelName }) => modelName),
    );
    const keys = new Map<string, readonly string[]>();
    for (const { kind, modelName, refersTo, columns } of registry.tests) {
        if (
            kind === "relationships" &&
            modelName === fact &&
            refersTo !== null &&
            !referring.has(refersTo) &&
            findModelOrNull(registry, refersTo) !== null
        ) {
            keys.set(refersTo, [...(keys.get(refersTo) ?? []), ...columns]);
        }
    }
    return keys;
}

/** Models that have a dimension in their own layer. Models of the first layer are intermediate steps and not facts. */
function factsOf(registry: Registry): readonly string[] {
    const layerOf = (name: string): string | null => findModelOrNull(registry, name)?.layer ?? null;
    const [first] = registry.layers;
    return registry.models
        .filter(({ name, layer }) => layer !== first?.name && dimensionsIn(registry, name, layer, layerOf).length > 0)
        .map(({ name }) => name);
}

function dimensionsIn(
    registry: Registry,
    fact: string,
    layer: string,
    layerOf: (name: string) => string | null,
): readonly string[] {
    return [...dimensionKeys(registry, fact).keys()].filter((name) => layerOf(name) === layer);
}

function makeBusMatrix(registry: Registry): Extract<BlockContent, { kind: "report" }>["report"] {
    const facts = factsOf(registry);
    const dimensions = [...new Set(facts.flatMap((fact) => [...dimensionKeys(registry, fact).keys()]))].sort();
    const mark = (isThere: boolean): ReportCell => ({ text: isThere ? "✓" : "·", tone: isThere ? "ok" : "dim" });
    return {
        headline: {
            text:
                facts.length === 0
                    ? "No model has a relationships test that names a dimension yet."
                    : "Which fact has which dimension: the bus matrix.",
            tone: "plain",
        },
        columns: [
            { title: "fact" },
            ...dimensions.map((title) => ({ title })),
            { title: "grain", isFill: true as const },
        ],
        rows: facts.map((fact) => [
            { text: fact, tone: "plain" },
            ...dimensions.map((name) => mark(dimensionKeys(registry, fact).has(name))),
            { text: findModelOrNull(registry, fact)?.grain ?? "", tone: "dim" },
        ]),
    };
}
