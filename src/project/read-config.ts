import { defaultSourceSchema } from "../config/settings.js";
import { checkProject } from "./check-definition.js";
import type { ProjectDefinition, SeedDefinition } from "./definitions.js";
import { failed, readDefaultExport, type FileReader, type Read } from "./file-reader.js";
import type { FoundFile } from "./find-files.js";
import { problemOnLine, type FileProblem } from "./problem.js";
import type { Layer } from "./project.js";

/** The settings of `stardeck.config.ts`, with defaults filled in. */
export interface Config {
    readonly name: string;
    readonly layers: readonly Layer[];
    readonly sourceSchema: string;
    readonly slides: string;
    readonly seedSchema: string;
    readonly seedTables: Readonly<Record<string, SeedDefinition>>;
    readonly threads: number | null;
}

const defaultLayers: readonly Layer[] = [
    { name: "prep", schema: "prep", materialisation: "view" },
    { name: "warehouse", schema: "warehouse", materialisation: "table" },
    { name: "marts", schema: "marts", materialisation: "table" },
];

export function readConfig(reader: FileReader, file: FoundFile): Read<Config> {
    return reader.readModule(file, (evaluated) => {
        const { value, problems } = readDefaultExport(file, evaluated, "config", checkProject);
        if (value === null) {
            return { value: null, problems };
        }
        const config = fillIn(value.definition);
        const found = findProblems(config, (part, message, hint) =>
            problemOnLine(file.path, evaluated.text, value.lineOf(part), message, hint),
        );
        return found.length === 0 ? { value: config, problems } : { value: null, problems: found };
    });
}

function fillIn({ name, layers, sourceSchema, slides, seeds, threads }: ProjectDefinition): Config {
    return {
        name,
        layers:
            layers?.map((layer) => ({
                name: layer.name,
                schema: layer.schema ?? layer.name,
                materialisation: layer.materialisation ?? "view",
            })) ?? defaultLayers,
        sourceSchema: sourceSchema ?? defaultSourceSchema,
        slides: slides ?? "slides",
        seedSchema: seeds?.schema ?? "seeds",
        seedTables: seeds?.tables ?? {},
        threads: threads ?? null,
    };
}

type Complain = (part: readonly (string | number)[], message: string, hint: string | null) => FileProblem;

function findProblems({ layers, sourceSchema, seedSchema }: Config, complain: Complain): readonly FileProblem[] {
    const problems: FileProblem[] = [];
    for (const [index, { name, schema }] of layers.entries()) {
        if (layers.findIndex((layer) => layer.name === name) < index) {
            problems.push(complain(["layers", index], `There are two layers "${name}".`, null));
        }
        if (isReserved(schema)) {
            problems.push(
                complain(
                    ["layers", index],
                    `No layer can have the database schema "${schema}", which is not the project's.`,
                    'Give it another: schema: "…".',
                ),
            );
        }
    }
    const own = layers.map(({ schema }) => schema);
    for (const [key, schema] of [
        ["sourceSchema", sourceSchema],
        ["seeds", seedSchema],
    ] as const) {
        if (own.includes(schema) || isReserved(schema)) {
            problems.push(
                complain(
                    [key],
                    `The database schema "${schema}" holds models or stardeck's own tables.`,
                    "Name another one.",
                ),
            );
        }
    }
    if (sourceSchema === seedSchema) {
        problems.push(
            complain(
                ["seeds"],
                `Sources and seeds share the database schema "${seedSchema}".`,
                'Name another one: seeds: { schema: "…" }.',
            ),
        );
    }
    return problems;
}

/** Database schemas that belong to stardeck or to PostgreSQL. */
function isReserved(schema: string): boolean {
    return schema === "ops" || schema === "information_schema" || schema.startsWith("pg_");
}

/** The problem of a second configuration file, which is a mistake. */
export function readOtherConfig<Value>(path: string): Read<Value> {
    return failed({
        path,
        line: null,
        column: null,
        lineText: null,
        message: "A project has one configuration, stardeck.config.ts.",
        hint: "Move what it says there, and delete it.",
    });
}
