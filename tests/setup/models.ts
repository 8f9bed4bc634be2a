import { createHash } from "node:crypto";
import type { Database } from "../../src/database/database.js";
import type { ColumnDefinition, DataTestDefinition } from "../../src/project/definitions.js";
import type { MigrationFile, ModelFile, Project, SourceFile } from "../../src/project/project.js";
import { readProject } from "../../src/project/read-project.js";
import { packageFolder } from "../../src/config/package-folder.js";
import { runMigrations, type Migrated } from "../../src/warehouse/migrations.js";

/** The schema of the landing tables that tests make. */
export const sourceSchema = "staging";

/** A model as its files would define it; optional parts may be left out. */
export interface TestModel extends Partial<Omit<ModelFile, "columns" | "tests" | "primaryKey">> {
    readonly name: string;
    readonly layer: string;
    readonly select: string;
    readonly columns?: Readonly<Record<string, ColumnDefinition>>;
    readonly tests?: readonly DataTestDefinition[];
    /** A table has one, a view has none. */
    readonly primaryKey?: readonly string[];
}

export interface TestSource extends Partial<SourceFile> {
    readonly name: string;
}

export interface TestProject {
    readonly name?: string;
    readonly folder?: string;
    readonly layers?: Project["layers"];
    readonly sources?: readonly TestSource[];
    readonly models: readonly TestModel[];
    readonly migrations?: readonly MigrationFile[];
}

/** Makes a project as if it had been read from files. */
export function makeProject({
    name = "test",
    folder = "/nowhere",
    layers,
    sources = [],
    models,
    migrations = [],
}: TestProject): Project {
    const all =
        layers ??
        ["prep", "warehouse", "marts"].map((layer) => ({
            name: layer,
            schema: layer,
            materialisation: "view" as const,
        }));
    return {
        name,
        folder,
        configPath: `${folder}/stardeck.config.ts`,
        layers: all,
        sourceSchema,
        sources: sources.map((source) => ({
            table: source.name,
            schema: null,
            description: source.name,
            keepsHistory: false,
            deletes: (source.kind ?? "versions") === "versions" ? "refuse" : "follow",
            kind: "versions",
            key: ["id"],
            versionColumn: "modified_at",
            loadCursor: null,
            columns: [],
            freshness: null,
            isRequired: false,
            path: `migrations/sources/${source.name}.ts`,
            line: 1,
            ...source,
        })),
        models: models.map((model) => makeModel(model, all)),
        migrations,
        seeds: [],
        slidesFolder: `${folder}/slides`,
        threads: null,
    };
}

function makeModel(
    { tests = [], columns = {}, primaryKey = [], ...model }: TestModel,
    layers: Project["layers"],
): ModelFile {
    const selectPath = `migrations/models/${model.layer}/${model.name}.sql`;
    const file: Omit<ModelFile, "checksum"> = {
        schema: layers.find(({ name }) => name === model.layer)?.schema ?? model.layer,
        materialisation: primaryKey.length === 0 ? "view" : "table",
        description: `${model.name}.`,
        grain: "one row per thing",
        primaryKey,
        entityKey: null,
        selectPath,
        selectLine: 1,
        definitionPath: null,
        columns,
        tests: tests.map((definition) => ({ definition, path: selectPath, line: 1 })),
        indexes: [],
        tags: [],
        affectedBy: {},
        renamedFrom: null,
        rebuild: null,
        presentation: {},
        ...model,
    };
    return { ...file, checksum: createHash("md5").update(JSON.stringify(file)).digest("hex") };
}

/** Migrates a database to a project, approving every removal. */
export function migrateTo(database: Database, project: TestProject): Promise<Migrated> {
    return runMigrations(database, { project: makeProject(project), sourceSchema }, { isApproved: true });
}

/** The webshop that comes with stardeck. */
export function readWebshop(): Project {
    return readProject(packageFolder, { cacheFolder: null });
}

/** Makes the webshop's models. */
export function migrateWebshop(database: Database, schema = sourceSchema): Promise<Migrated> {
    return runMigrations(database, { project: readWebshop(), sourceSchema: schema });
}
