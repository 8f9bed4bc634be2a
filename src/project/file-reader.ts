import { readFileSync } from "node:fs";
import { errorMessage } from "../config/errors.js";
import type { Checked } from "./check-definition.js";
import { definitionKindOrNull, type DefinitionKind } from "./define.js";
import { EvaluationError, Evaluator, type Evaluated } from "./evaluate.js";
import type { FileCache } from "./file-cache.js";
import { stampOrNull, type FoundFile } from "./find-files.js";
import { locateValueOrNull } from "./locate-value.js";
import type { ValuePath } from "./plain-value.js";
import { problemAt, problemOf, type FileProblem } from "./problem.js";
import { relativePath } from "./relative-path.js";
import { readTextFile } from "./read-text.js";

/** The value read from a file, null when it cannot be read, and its problems. */
export interface Read<Value> {
    readonly value: Value | null;
    readonly problems: readonly FileProblem[];
}

/** A definition that a file exports. */
export interface Exported<Definition> {
    readonly definition: Definition;
    /** The line on which a part of the definition is written. */
    readonly lineOf: (path: ValuePath) => number;
}

/** Reads single files of a project; unchanged files come from the cache. */
export class FileReader {
    private readonly stamps = new Map<string, string | null>();
    private evaluator: Evaluator | null = null;

    constructor(
        private readonly folder: string,
        private readonly cache: FileCache,
    ) {}

    /** Reads and parses a file's text. */
    readText<Value>(file: FoundFile, parse: (text: string) => Read<Value>): Read<Value> {
        return this.read(file, () => {
            const read = readTextFile(file.absolutePath);
            const result = "trouble" in read ? failed<Value>(problemOf(file.path, read.trouble)) : parse(read.text);
            return { result, imports: [], isRepeatable: true };
        });
    }

    /** Reads and parses a file's bytes. */
    readBytes<Value>(file: FoundFile, parse: (bytes: Buffer) => Read<Value>): Read<Value> {
        return this.read(file, () => {
            try {
                return { result: parse(readFileSync(file.absolutePath)), imports: [], isRepeatable: true };
            } catch (error) {
                return {
                    result: failed<Value>(problemOf(file.path, errorMessage(error))),
                    imports: [],
                    isRepeatable: false,
                };
            }
        });
    }

    /** Evaluates a TypeScript file and parses its exports. */
    readModule<Value>(file: FoundFile, parse: (evaluated: Evaluated) => Read<Value>): Read<Value> {
        return this.read(file, () => {
            this.evaluator ??= new Evaluator(this.folder);
            try {
                const evaluated = this.evaluator.evaluate(file.absolutePath);
                return {
                    result: parse(evaluated),
                    imports: evaluated.imports,
                    isRepeatable: evaluated.isRepeatable,
                };
            } catch (error) {
                if (!(error instanceof EvaluationError)) {
                    throw error;
                }
                return { result: failed<Value>(error.problem), imports: [], isRepeatable: false };
            }
        });
    }

    private read<Value>(
        file: FoundFile,
        read: () => { result: Read<Value>; imports: readonly string[]; isRepeatable: boolean },
    ): Read<Value> {
        const known = this.cache.find(file, (path) => this.stampOf(path));
        if (known !== undefined) {
            // The cast is safe: a file's place in the project decides how it is parsed.
            return { value: known as Value, problems: [] };
        }
        const { result, imports, isRepeatable } = read();
        if (isRepeatable && result.value !== null && result.problems.length === 0) {
            const found = imports.map((absolutePath) => {
                const path = relativePath(this.folder, absolutePath);
                return { path, absolutePath, stamp: this.stampOf(path) ?? "" };
            });
            this.cache.keep(file, found, result.value);
        } else {
            this.cache.keep(file, null, null);
        }
        return result;
    }

    /** The current stamp of a file, looked up once; null when the file does not exist. */
    stampOf(path: string): string | null {
        const known = this.stamps.get(path);
        const stamp = known === undefined ? stampOrNull(this.folder, path) : known;
        this.stamps.set(path, stamp);
        return stamp;
    }
}

export function failed<Value>(problem: FileProblem): Read<Value> {
    return { value: null, problems: [problem] };
}

/** The one definition that a file exports by default. */
export function readDefaultExport<Definition>(
    { path }: FoundFile,
    evaluated: Evaluated,
    kind: DefinitionKind,
    check: (value: unknown) => Checked<Definition>,
): Read<Exported<Definition>> {
    const value = evaluated.exports.default;
    const { text } = evaluated;
    const maker = makerOf(kind);
    if (definitionKindOrNull(value) !== kind) {
        const at = locateValueOrNull(text, "default", []);
        const message = at === null ? "It has no default export." : `Its default export was not made by ${maker}.`;
        return failed(problemAt(path, text, at, message, `Write \`export default ${maker}({ … });\`.`));
    }
    return readExport(path, text, "default", value, check);
}

/** A definition that a file exports under a name. */
export function readExport<Definition>(
    path: string,
    text: string,
    exportName: string,
    value: unknown,
    check: (value: unknown) => Checked<Definition>,
    within: ValuePath = [],
): Read<Exported<Definition>> {
    return readValue(path, text, value, check, (part) => locateValueOrNull(text, exportName, [...within, ...part]));
}

/** Checks a definition in a file. `placeOf` finds the place of each part, for problems. */
export function readValue<Definition>(
    path: string,
    text: string,
    value: unknown,
    check: (value: unknown) => Checked<Definition>,
    placeOf: (part: ValuePath) => number | null,
): Read<Exported<Definition>> {
    const checked = check(value);
    if ("problems" in checked) {
        return {
            value: null,
            problems: checked.problems.map((problem) => {
                const named = problem.path.length === 0 ? "" : `${formatPath(problem.path)}: `;
                return problemAt(path, text, placeOf(problem.path), `${named}${problem.message}`);
            }),
        };
    }
    return {
        value: {
            definition: checked.definition,
            lineOf: (part) => text.slice(0, placeOf(part) ?? 0).split("\n").length,
        },
        problems: [],
    };
}

function makerOf(kind: DefinitionKind): string {
    const words = kind.split(" ").map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
    return `define${words.join("")}`;
}

/** `tests[2].column` */
function formatPath(path: ValuePath): string {
    return path.map((key, index) => (typeof key === "number" ? `[${key}]` : index === 0 ? key : `.${key}`)).join("");
}
