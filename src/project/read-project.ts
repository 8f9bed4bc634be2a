import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { StardeckError } from "../config/errors.js";
import { configFile } from "../config/project-folder.js";
import { didYouMean } from "../text/nearest-name.js";
import { assembleModels, checksumOf, type ModelParts } from "./assemble-models.js";
import { cachePathOf, FileCache } from "./file-cache.js";
import { FileReader, type Read } from "./file-reader.js";
import { findFiles, stampOrNull, type FoundFile } from "./find-files.js";
import { ProjectError, problemOf, type FileProblem } from "./problem.js";
import type { MigrationFile, Project, SeedFile, SourceFile } from "./project.js";
import { readConfig, readOtherConfig, type Config } from "./read-config.js";
import { makeSeedSource, readSeed } from "./read-seed.js";
import { readModelAddition, readModelSql } from "./read-model.js";
import { readTextFile } from "./read-text.js";
import { readOwnTests, readSingularTest, type SingularTest } from "./read-tests.js";
import { makeHistorySource } from "./source-history.js";
import { readSources } from "./read-sources.js";

/** Names that other tools use for configurations, and that are likely mistakes here. */
const otherConfigs = ["js", "mjs", "cjs", "mts", "cts", "json", "yaml", "yml"].map(
    (ending) => `stardeck.config.${ending}`,
);

const modelsFolder = "migrations/models";

export interface ReadProjectOptions {
    /** The folder of the cache, with which only changed files are read again; null for no cache. */
    readonly cacheFolder: string | null;
}

/**
 * Reads a project's configuration only, so problems of other files do not matter.
 *
 * @throws ProjectError; StardeckError `usage` when there is no project
 */
export function readProjectConfig(folder: string): Config {
    const reader = new FileReader(folder, new FileCache(null, folder));
    const { value, problems } = readConfig(reader, findConfig(folder));
    if (value === null) {
        throw new ProjectError(problems);
    }
    return value;
}

function findConfig(folder: string): FoundFile {
    const stamp = stampOrNull(folder, configFile);
    if (stamp === null) {
        const other = otherConfigs.find((name) => existsSync(join(folder, name)));
        throw new StardeckError(`There is no ${configFile} in ${folder}.`, {
            code: "usage",
            hint: other === undefined ? "`stardeck init` makes a project." : `Rename ${other} to ${configFile}.`,
        });
    }
    return { path: configFile, absolutePath: join(folder, configFile), stamp };
}

/**
 * Reads all files of a project. Unchanged files come from the cache, for which only each file's times are read.
 *
 * @param folder the absolute path of the folder with `stardeck.config.ts`
 * @throws ProjectError with every problem of every file; StardeckError `usage` when there is no project
 */
export function readProject(folder: string, { cacheFolder }: ReadProjectOptions): Project {
    const configFound = findConfig(folder);
    const cache = new FileCache(cacheFolder === null ? null : cachePathOf(cacheFolder, folder), folder);
    const reader = new FileReader(folder, cache);
    const problems: FileProblem[] = [];
    const keep = <Value>({ value, problems: found }: Read<Value>): Value | null => {
        problems.push(...found);
        return value;
    };
    const find = (below: string, endings: readonly string[], isDeep = true): readonly FoundFile[] => {
        const found = findFiles(folder, below, endings, { isDeep });
        problems.push(...found.problems);
        return found.files;
    };
    const files = {
        sources: find("migrations/sources", [".ts"]),
        tests: find("migrations/tests", [".sql", ".ts"]),
        seeds: find("seeds-sql", [".csv"]),
        models: find(modelsFolder, [".sql", ".ts"]),
        migrations: find("migrations", [".ts", ".js"], false),
    };
    const misnamed = otherConfigs.filter((name) => existsSync(join(folder, name)));
    const isSound = problems.length === 0 && misnamed.length === 0;
    const key = checksumOf([
        configFound.stamp,
        ...Object.values(files).flatMap((list) => list.map(({ path, stamp }) => [path, stamp])),
    ]);
    const known = isSound ? cache.findWhole(key, (path) => reader.stampOf(path)) : undefined;
    if (known !== undefined) {
        return known as Project;
    }
    const config = keep(readConfig(reader, configFound));
    for (const other of misnamed) {
        keep(readOtherConfig(other));
    }
    const declared = files.sources.flatMap((file) => keep(readSources(reader, file)) ?? []);
    const sources = [...declared, ...declared.filter(({ keepsHistory }) => keepsHistory).map(makeHistorySource)];
    checkSources(sources, config, problems);
    const singularTests: SingularTest[] = [];
    for (const file of files.tests) {
        if (file.path.endsWith(".sql")) {
            singularTests.push(...listOf(keep(readSingularTest(reader, file))));
        } else {
            keep(readOwnTests(reader, file));
        }
    }
    const seeds = config === null ? [] : files.seeds.flatMap((file) => listOf(keep(readSeed(reader, file, config))));
    checkSeeds(seeds, sources, config, problems);
    const allSources = [...sources, ...seeds.map(makeSeedSource)];
    const parts = readModels(reader, files.models, keep, problems);
    const assembled =
        config === null
            ? { models: [], problems: [] }
            : assembleModels(parts, {
                  layers: config.layers,
                  sources: allSources,
                  singularTests,
              });
    problems.push(...assembled.problems);
    const migrations = readMigrations(reader, files.migrations, keep, problems);
    cache.save();
    if (config === null || problems.length > 0) {
        throw new ProjectError(sortProblems(problems).map((problem) => withLine(folder, problem)));
    }
    const project: Project = {
        name: config.name,
        folder,
        configPath: configFound.absolutePath,
        layers: config.layers,
        sourceSchema: config.sourceSchema,
        sources: allSources.sort((one, other) => (one.name < other.name ? -1 : 1)),
        models: assembled.models,
        migrations,
        seeds,
        slidesFolder: join(folder, config.slides),
        threads: config.threads,
    };
    cache.keepWhole(key, project);
    return project;
}

function listOf<Value>(value: Value | null): readonly Value[] {
    return value === null ? [] : [value];
}

function checkSources(sources: readonly SourceFile[], config: Config | null, problems: FileProblem[]): void {
    const own = config?.layers.map(({ schema }) => schema) ?? [];
    for (const [index, { name, table, schema, path, line }] of sources.entries()) {
        const complain = (message: string, hint: string): void => {
            problems.push({ path, line, column: null, lineText: null, message, hint });
        };
        const other = sources.slice(0, index).find((source) => source.name === name);
        if (other !== undefined) {
            const where = `The other one is in ${other.path}, on line ${other.line}.`;
            complain(
                `There are two sources "${name}".`,
                schema === other.schema
                    ? where
                    : `${where} Give one of them another name, and keep the table's: name: "${schema ?? "other"}_${name}", table: "${table}".`,
            );
        }
        const same = sources
            .slice(0, index)
            .find((source) => source !== other && source.table === table && source.schema === schema);
        if (same !== undefined) {
            complain(
                `The sources "${same.name}" and "${name}" are one table.`,
                `The other one is in ${same.path}, on line ${same.line}.`,
            );
        }
        if (schema !== null && own.includes(schema)) {
            complain(
                `The source "${name}" is in the database schema "${schema}", which holds this project's models.`,
                'Give the layer another schema in stardeck.config.ts: { name: "marts", schema: "shop_marts" }.',
            );
        }
    }
}

function checkSeeds(
    seeds: readonly SeedFile[],
    sources: readonly SourceFile[],
    config: Config | null,
    problems: FileProblem[],
): void {
    for (const [index, { name, path }] of seeds.entries()) {
        const other =
            seeds.slice(0, index).find((seed) => seed.name === name) ?? sources.find((source) => source.name === name);
        if (other !== undefined) {
            problems.push(
                problemOf(path, `"${name}" is also what ${other.path} holds.`, "Give one of them another name."),
            );
        }
    }
    const names = seeds.map(({ name }) => name);
    for (const name of Object.keys(config?.seedTables ?? {})) {
        if (!names.includes(name)) {
            problems.push(
                problemOf(
                    configFile,
                    `seeds.tables.${name}: There is no seeds-sql/${name}.csv.`,
                    didYouMean(name, names, "Delete the entry, or add the file."),
                ),
            );
        }
    }
}

function readModels(
    reader: FileReader,
    files: readonly FoundFile[],
    keep: <Value>(read: Read<Value>) => Value | null,
    problems: FileProblem[],
): readonly ModelParts[] {
    const stems = new Set(files.filter(({ path }) => path.endsWith(".sql")).map(({ path }) => stemOf(path)));
    const additions = new Map<string, FoundFile>();
    // A model's unit tests are beside it too, and not read here.
    for (const file of files.filter(({ path }) => path.endsWith(".ts") && !path.endsWith(".test.ts"))) {
        const stem = stemOf(file.path);
        if (stems.has(stem)) {
            additions.set(stem, file);
        } else {
            problems.push(
                problemOf(
                    file.path,
                    `There is no ${basename(stem)}.sql beside it.`,
                    didYouMean(
                        basename(stem),
                        [...stems].map((each) => basename(each)),
                        "A model begins with its SELECT.",
                    ),
                ),
            );
        }
    }
    return files.flatMap((file): ModelParts[] => {
        if (!file.path.endsWith(".sql")) {
            return [];
        }
        const stem = stemOf(file.path);
        const sql = keep(readModelSql(reader, file));
        const beside = additions.get(stem);
        const addition = beside === undefined ? null : keep(readModelAddition(reader, beside));
        if (sql === null) {
            return [];
        }
        const folders = file.path.slice(modelsFolder.length + 1).split("/");
        return [
            {
                name: basename(stem),
                layerName: folders.length > 1 ? (folders[0] ?? "") : "",
                sqlPath: file.path,
                sql,
                addition: addition === null || beside === undefined ? null : { ...addition, path: beside.path },
            },
        ];
    });
}

function readMigrations(
    reader: FileReader,
    files: readonly FoundFile[],
    keep: <Value>(read: Read<Value>) => Value | null,
    problems: FileProblem[],
): readonly MigrationFile[] {
    const migrations: MigrationFile[] = [];
    for (const file of files.filter(({ path }) => !path.endsWith(".d.ts"))) {
        const name = stemOf(basename(file.path));
        if (!/^\d{14}_/.test(name)) {
            if (/^\d/.test(name)) {
                problems.push(
                    problemOf(
                        file.path,
                        "The name of a versioned migration begins with fourteen digits: 20260131120000_add_functions.ts.",
                        "Rename it.",
                    ),
                );
            }
            continue;
        }
        if (migrations.some((migration) => migration.name === name)) {
            problems.push(problemOf(file.path, `There are two migrations "${name}".`, "Delete one of them."));
        }
        const checksum = keep(reader.readText(file, (text) => ({ value: checksumOf(text), problems: [] })));
        migrations.push({ name, path: file.path, checksum: checksum ?? "" });
    }
    return migrations;
}

function stemOf(path: string): string {
    return path.replace(/\.[^./]+$/, "");
}

/** Adds the line's text to a problem that was found between files. */
function withLine(folder: string, problem: FileProblem): FileProblem {
    if (problem.line === null || problem.lineText !== null) {
        return problem;
    }
    const read = readTextFile(join(folder, problem.path));
    return "trouble" in read ? problem : { ...problem, lineText: read.text.split("\n")[problem.line - 1] ?? null };
}

/** Sorts by file, then by line. */
function sortProblems(problems: readonly FileProblem[]): readonly FileProblem[] {
    return [...problems].sort((one, other) =>
        one.path < other.path ? -1 : one.path > other.path ? 1 : (one.line ?? 0) - (other.line ?? 0),
    );
}
