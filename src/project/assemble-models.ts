import { createHash } from "node:crypto";
import { quoteQualified } from "../sql/identifiers.js";
import { didYouMean } from "../text/nearest-name.js";
import { isSnakeCase } from "./check-definition.js";
import { modelPlaceholder } from "./define.js";
import type { DataTestDefinition } from "./definitions.js";
import { problemOf, type FileProblem } from "./problem.js";
import type { Layer, ModelFile, SourceFile, TestFile } from "./project.js";
import type { ModelAddition, ModelSql } from "./read-model.js";
import type { SingularTest } from "./read-tests.js";

/** The contents of one model's files. */
export interface ModelParts {
    readonly name: string;
    /** The first folder below `migrations/models`; empty for a file without one. */
    readonly layerName: string;
    readonly sqlPath: string;
    readonly sql: ModelSql;
    /** Null when there is no file beside the SQL file. */
    readonly addition: (ModelAddition & { readonly path: string }) | null;
}

export interface Surroundings {
    readonly layers: readonly Layer[];
    readonly sources: readonly SourceFile[];
    readonly singularTests: readonly SingularTest[];
}

export interface Assembled {
    readonly models: readonly ModelFile[];
    readonly problems: readonly FileProblem[];
}

/** Assembles models from their files, and finds problems between files. */
export function assembleModels(parts: readonly ModelParts[], surroundings: Surroundings): Assembled {
    const problems: FileProblem[] = [];
    const testsOf = groupTests(parts, surroundings, problems);
    const models = parts.flatMap((part) =>
        makeModel(part, surroundings.layers, testsOf.get(part.name) ?? [], problems),
    );
    checkNames(models, surroundings, problems);
    const modelNames = new Set(models.map(({ name }) => name));
    const upstreamNames = new Set([...modelNames, ...surroundings.sources.map(({ name }) => name)]);
    for (const model of models) {
        checkReferences(model, upstreamNames, problems);
        checkRename(model, models, modelNames, problems);
    }
    const order = new Map(surroundings.layers.map(({ name }, index) => [name, index]));
    const rank = ({ layer }: ModelFile): number => order.get(layer) ?? 0;
    return {
        models: models.sort((one, other) => rank(one) - rank(other) || (one.name < other.name ? -1 : 1)),
        problems,
    };
}

function groupTests(
    parts: readonly ModelParts[],
    { singularTests }: Surroundings,
    problems: FileProblem[],
): ReadonlyMap<string, readonly TestFile[]> {
    const known = new Set(parts.map(({ name }) => name));
    const groups = new Map<string, TestFile[]>();
    for (const { model, definition, place } of singularTests) {
        if (known.has(model)) {
            groups.set(model, [...(groups.get(model) ?? []), { definition, ...place }]);
        } else {
            problems.push(
                problemOf(
                    place.path,
                    `It tests the model "${model}", which does not exist.`,
                    didYouMean(model, [...known], "Correct the name, or delete the test."),
                ),
            );
        }
    }
    return groups;
}

function makeModel(
    { name, layerName, sqlPath, sql, addition }: ModelParts,
    layers: readonly Layer[],
    singularTests: readonly TestFile[],
    problems: FileProblem[],
): ModelFile[] {
    const layer = layers.find((each) => each.name === layerName);
    if (layer === undefined) {
        const all = layers.map((each) => each.name);
        problems.push(
            layerName === ""
                ? problemOf(
                      sqlPath,
                      "It is in no layer.",
                      `Move it into a folder of migrations/models: ${all.join(", ")}.`,
                  )
                : problemOf(
                      sqlPath,
                      `There is no layer "${layerName}".`,
                      didYouMean(layerName, all, `stardeck.config.ts names ${all.join(", ")}.`),
                  ),
        );
        return [];
    }
    const said = addition?.definition ?? {};
    const materialisation = said.materialisation ?? layer.materialisation;
    const inSql = (line: number, message: string, hint: string): void => {
        problems.push({ path: sqlPath, line, column: null, lineText: null, message, hint });
    };
    const isTable = materialisation === "table";
    if (isTable && sql.key === null) {
        inSql(
            sql.grain?.line ?? 1,
            "It is a table and does not say its key.",
            'Begin the file with "-- Key: order_id."; several columns are separated by commas.',
        );
    }
    if (!isTable) {
        const hint = 'Leave it out, or make the model a table: materialisation: "table" in the file beside it.';
        for (const [label, given] of [
            ["Key", sql.key],
            ["Entity", sql.entity],
        ] as const) {
            if (given !== null) {
                inSql(given.line, `It is a view, and views have no "${label}:".`, hint);
            }
        }
        for (const property of ["indexes", "affectedBy", "rebuild", "distribution"] as const) {
            if (addition !== null && said[property] !== undefined) {
                problems.push(inAddition(addition, property, `It is a view, and views have no ${property}.`, hint));
            }
        }
    }
    const distribution = isTable ? said.distribution : undefined;
    if (
        addition !== null &&
        typeof distribution === "object" &&
        !(sql.key?.value ?? []).includes(distribution.column)
    ) {
        problems.push(
            inAddition(
                addition,
                "distribution",
                `Its rows cannot be distributed by "${distribution.column}", which is not in its key.`,
                "Each server of a cluster holds that keys are unique for its own rows alone: distribute by a column of the key, or add this one to it.",
            ),
        );
    }
    const tests = [...(addition?.tests ?? []), ...singularTests].map((test) => ({
        ...test,
        definition: bindModel(test.definition, layer.schema, name),
    }));
    const primaryKey = isTable ? (sql.key?.value ?? []) : [];
    const content = {
        name,
        layer: layer.name,
        schema: layer.schema,
        materialisation,
        description: sql.description,
        grain: sql.grain?.value ?? grainOf(primaryKey),
        primaryKey,
        entityKey: isTable ? (sql.entity?.value ?? null) : null,
        select: sql.select,
        columns: addition?.columns ?? {},
        indexes: said.indexes ?? [],
        tags: said.tags ?? [],
        affectedBy: said.affectedBy ?? {},
        renamedFrom: said.renamedFrom ?? null,
        rebuild: said.rebuild ?? null,
        presentation: said.presentation ?? {},
        ...(distribution === undefined ? {} : { distribution }),
    };
    return [
        {
            ...content,
            tests,
            selectPath: sqlPath,
            selectLine: sql.selectLine,
            definitionPath: addition?.path ?? null,
            checksum: checksumOf({ ...content, tests: tests.map(({ definition }) => definition) }),
        },
    ];
}

function inAddition(
    { path, lines }: ModelAddition & { readonly path: string },
    property: string,
    message: string,
    hint: string | null,
): FileProblem {
    return { path, line: lines[property] ?? null, column: null, lineText: null, message, hint };
}

function bindModel(test: DataTestDefinition, schema: string, model: string): DataTestDefinition {
    return test.kind === "singular"
        ? { ...test, select: test.select.replaceAll(modelPlaceholder, () => quoteQualified(schema, model)) }
        : test;
}

function checkNames(models: readonly ModelFile[], { sources }: Surroundings, problems: FileProblem[]): void {
    const taken = new Map(sources.map(({ name, path }) => [name, path]));
    const paths = new Map<string, string>();
    for (const { name, selectPath } of models) {
        const other = paths.get(name);
        if (other !== undefined) {
            problems.push(
                problemOf(
                    selectPath,
                    `There are two models "${name}".`,
                    `The other one is ${other}; give one of them another name.`,
                ),
            );
        }
        paths.set(name, selectPath);
        const source = taken.get(name);
        if (source !== undefined) {
            problems.push(
                problemOf(
                    selectPath,
                    `A source or seed is called "${name}" too.`,
                    `It is in ${source}; give one of them another name.`,
                ),
            );
        }
        if (!isSnakeCase(name)) {
            problems.push(
                problemOf(
                    selectPath,
                    `The model's name "${name}" must be lower snake case: letters, digits and underscores, no digit first.`,
                    "Rename the file.",
                ),
            );
        } else if (name.length > 63) {
            problems.push(
                problemOf(
                    selectPath,
                    `Its name is longer than the 63 bytes of PostgreSQL's names.`,
                    "Rename the file.",
                ),
            );
        }
    }
}

function checkReferences(model: ModelFile, upstreamNames: ReadonlySet<string>, problems: FileProblem[]): void {
    const seen = new Set<string>();
    for (const { definition, path, line } of model.tests) {
        const complain = (message: string, hint: string): void => {
            problems.push({ path, line, column: null, lineText: null, message, hint });
        };
        if (definition.kind === "relationships" && !upstreamNames.has(definition.to)) {
            complain(
                `The test refers to "${definition.to}", which is neither a model nor a source.`,
                didYouMean(definition.to, [...upstreamNames], "Correct the name."),
            );
        }
        const name = testNameOf(definition);
        if (seen.has(name)) {
            complain(`There are two tests "${model.name}.${name}".`, "Delete one, or give it another name.");
        }
        seen.add(name);
    }
    const definitionPath = model.definitionPath ?? model.selectPath;
    for (const name of Object.keys(model.affectedBy)) {
        if (!upstreamNames.has(name)) {
            problems.push(
                problemOf(
                    definitionPath,
                    `affectedBy names "${name}", which is neither a model nor a source.`,
                    didYouMean(name, [...upstreamNames], "Correct the name."),
                ),
            );
        }
    }
}

function checkRename(
    model: ModelFile,
    models: readonly ModelFile[],
    modelNames: ReadonlySet<string>,
    problems: FileProblem[],
): void {
    if (model.renamedFrom !== null) {
        const others = models.filter((other) => other !== model && other.renamedFrom === model.renamedFrom);
        if (modelNames.has(model.renamedFrom) || others.length > 0) {
            problems.push(
                problemOf(
                    model.definitionPath ?? model.selectPath,
                    `It cannot be renamed from "${model.renamedFrom}", which ${modelNames.has(model.renamedFrom) ? "is still a model" : `${others[0]?.name ?? ""} is renamed from too`}.`,
                    "Correct renamedFrom, or leave it out.",
                ),
            );
        }
    }
}

/** The name of a test within its model. */
function testNameOf(test: DataTestDefinition): string {
    switch (test.kind) {
        case "unique":
            return ["unique", ...test.columns].join(".");
        case "not_null":
        case "accepted_values":
        case "relationships":
            return `${test.kind}.${test.column}`;
        case "scd2":
            return `scd2.${test.naturalKey}`;
        case "expression":
        case "singular":
            return test.name;
    }
}

export function checksumOf(content: unknown): string {
    return createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 32);
}

/** The grain of a model that does not define one, from its key. Empty for a view, which has no key. */
function grainOf(primaryKey: readonly string[]): string {
    return primaryKey.length === 0 ? "" : `one row per ${new Intl.ListFormat("en").format(primaryKey)}`;
}
