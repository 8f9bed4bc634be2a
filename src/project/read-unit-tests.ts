import { join } from "node:path";
import { checkUnitTest } from "./check-definition.js";
import { definitionKindOrNull } from "./define.js";
import type { UnitTestDefinition } from "./definitions.js";
import { FileCache } from "./file-cache.js";
import { failed, FileReader, readExport, readValue, type Read } from "./file-reader.js";
import { findFiles, type FoundFile } from "./find-files.js";
import { locateValueOrNull } from "./locate-value.js";
import type { ValuePath } from "./plain-value.js";
import { ProjectError, problemAt, problemOf, type FileProblem } from "./problem.js";
import type { ModelFile, Place } from "./project.js";
import { readTextFile } from "./read-text.js";

/** Keys must be strings: a list or object as a key would become a text that grows with each level. We show error places ourselves. */
const parsing = { stringKeys: true, prettyErrors: false };

/** A unit test of a model, and where it is written. */
export interface UnitTestFile extends Place {
    readonly modelName: string;
    /** Its name in the file. */
    readonly name: string;
    readonly definition: UnitTestDefinition;
}

const endings = [".test.ts", ".test.yml", ".test.yaml"];

/**
 * Reads the unit tests beside models' SELECTs: the exports of `<model>.test.ts`, and the named entries of `<model>.test.yml`.
 *
 * @param folder the project's folder
 * @throws ProjectError with every problem of every file
 */
export async function readUnitTests(
    folder: string,
    models: readonly Pick<ModelFile, "name" | "selectPath">[],
): Promise<readonly UnitTestFile[]> {
    const reader = new FileReader(folder, new FileCache(null, folder));
    const { files, problems: unreadable } = findFiles(folder, "migrations/models", endings);
    const problems: FileProblem[] = [...unreadable];
    const tests: UnitTestFile[] = [];
    for (const file of files) {
        const stem = endings.reduce((path, ending) => path.replace(ending, ""), file.path);
        const model = models.find(({ selectPath }) => selectPath === `${stem}.sql`);
        if (model === undefined) {
            problems.push(problemOf(file.path, `There is no ${stem.split("/").at(-1) ?? ""}.sql beside it.`));
            continue;
        }
        const read = file.path.endsWith(".ts")
            ? readModule(reader, file, model.name)
            : await readYaml(file, model.name);
        problems.push(...read.problems);
        for (const test of read.value ?? []) {
            const other = tests.find(({ modelName, name }) => modelName === test.modelName && name === test.name);
            if (other === undefined) {
                tests.push(test);
            } else {
                problems.push(
                    problemOf(
                        file.path,
                        `There is another unit test "${test.name}" of ${model.name}, in ${other.path}.`,
                    ),
                );
            }
        }
    }
    if (problems.length > 0) {
        throw new ProjectError(problems);
    }
    return tests;
}

function readModule(reader: FileReader, file: FoundFile, modelName: string): Read<readonly UnitTestFile[]> {
    return reader.readModule(file, ({ exports, text }) => {
        const tests: UnitTestFile[] = [];
        const problems: FileProblem[] = [];
        for (const [name, value] of Object.entries(exports)) {
            const read =
                definitionKindOrNull(value) === "unit test"
                    ? readExport(file.path, text, name, value, checkUnitTest)
                    : failed<never>(
                          problemAt(
                              file.path,
                              text,
                              locateValueOrNull(text, name, []),
                              `"${name}" was not made by defineUnitTest.`,
                              "Files of this name export unit tests and nothing else.",
                          ),
                      );
            problems.push(...read.problems);
            if (read.value !== null) {
                const { definition, lineOf } = read.value;
                tests.push({ modelName, name, definition, path: file.path, line: lineOf([]) });
            }
        }
        if (Object.keys(exports).length === 0) {
            const hint = "Write `export const counts_all = defineUnitTest({ given: { … }, expect: [ … ] });`.";
            problems.push(problemOf(file.path, "It exports no unit test.", hint));
        }
        return { value: tests, problems };
    });
}

async function readYaml(file: FoundFile, modelName: string): Promise<Read<readonly UnitTestFile[]>> {
    const read = readTextFile(file.absolutePath);
    if ("trouble" in read) {
        return failed(problemOf(file.path, read.trouble));
    }
    const { text } = read;
    const { parseDocument } = await import("yaml");
    const document = parseDocument(text, parsing);
    const [error] = document.errors;
    if (error !== undefined) {
        return failed(problemAt(file.path, text, error.pos[0], `${error.message}.`));
    }
    const named = document.toJS() as unknown;
    if (typeof named !== "object" || named === null || Array.isArray(named) || Object.keys(named).length === 0) {
        const hint = "Write its name, and below it `given:` and `expect:`.";
        return failed(problemOf(file.path, "It lists no unit test.", hint));
    }
    const tests: UnitTestFile[] = [];
    const problems: FileProblem[] = [];
    for (const [name, value] of Object.entries(named) as Iterable<[string, unknown]>) {
        const result = readValue(file.path, text, value, checkUnitTest, (path) =>
            locateInYaml(document, [name, ...path]),
        );
        problems.push(...result.problems);
        if (result.value !== null) {
            const { definition, lineOf } = result.value;
            tests.push({ modelName, name, definition, path: file.path, line: lineOf([]) });
        }
    }
    return { value: tests, problems };
}

interface YamlDocument {
    readonly contents: unknown;
    getIn(path: Iterable<unknown>, keepScalar: boolean): unknown;
}

interface YamlMap {
    readonly items?: readonly { readonly key?: { readonly value?: unknown; readonly range?: readonly number[] } }[];
}

/** The offset of a value, or of the nearest value around it; for a whole test, that of its name. */
function locateInYaml(document: YamlDocument, path: ValuePath): number | null {
    for (let length = path.length; length > 1; length--) {
        const node = document.getIn(path.slice(0, length), true) as { readonly range?: readonly number[] } | undefined;
        const start = node?.range?.[0];
        if (start !== undefined) {
            return start;
        }
    }
    const { items = [] } = document.contents as YamlMap;
    return items.find(({ key }) => key?.value === path[0])?.key?.range?.[0] ?? null;
}

/** A problem of a unit test that the database found, with the place of the concerned part in its file. */
export async function problemInUnitTest(
    folder: string,
    test: Pick<UnitTestFile, "path" | "name" | "line">,
    part: ValuePath,
    message: string,
): Promise<FileProblem> {
    const read = readTextFile(join(folder, test.path));
    if ("trouble" in read) {
        return problemOf(test.path, message);
    }
    const { text } = read;
    if (test.path.endsWith(".ts")) {
        return problemAt(test.path, text, locateValueOrNull(text, test.name, part), message);
    }
    const { parseDocument } = await import("yaml");
    return problemAt(test.path, text, locateInYaml(parseDocument(text, parsing), [test.name, ...part]), message);
}
