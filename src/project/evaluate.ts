import { existsSync, statSync } from "node:fs";
import { builtinModules, createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { compileFunction } from "node:vm";
import { transform } from "sucrase";
import { errorMessage } from "../config/errors.js";
import { didYouMean } from "../text/nearest-name.js";
import * as kit from "./define.js";
import { problemAt, problemOf, problemOnLine, type FileProblem } from "./problem.js";
import { relativePath } from "./relative-path.js";
import { readTextFile } from "./read-text.js";

/** The exports of a file by name; `default` is its default export. */
export type Exports = Readonly<Record<string, unknown>>;

export interface Evaluated {
    readonly exports: Exports;
    readonly text: string;
    /** Absolute paths of the project's files that it imports, directly or indirectly. */
    readonly imports: readonly string[];
    /** True when its exports depend only on these files, not on a clock, the environment or a package. */
    readonly isRepeatable: boolean;
}

/** Thrown for a file that cannot be evaluated. */
export class EvaluationError extends Error {
    constructor(readonly problem: FileProblem) {
        super(problem.message);
    }
}

interface LoadedModule {
    readonly path: string;
    readonly text: string;
    readonly module: { exports: Record<string, unknown> };
    readonly imports: Set<string>;
    isRepeatable: boolean;
}

/** Code whose result can differ between evaluations: the environment, clocks, random numbers. Plain words in texts do not match. */
const unrepeatable =
    /\b(?:process|performance|crypto|globalThis|Math)\s*[.[]|=\s*process\b|\bDate\s*[.(]|\bnew\s+Date\b|\b(?:require|fetch|eval|Function|import)\s*\(/;

/**
 * Evaluates a project's TypeScript files without installed packages: types are stripped, and imports of `stardeck` get the running
 * program's functions. An evaluator evaluates each file once.
 */
export class Evaluator {
    private readonly loaded = new Map<string, LoadedModule>();

    constructor(private readonly folder: string) {}

    /** @throws EvaluationError */
    evaluate(path: string): Evaluated {
        const { module, text, imports, isRepeatable } = this.load(path);
        return { exports: module.exports, text, imports: [...imports], isRepeatable };
    }

    private load(path: string): LoadedModule {
        const known = this.loaded.get(path);
        if (known !== undefined) {
            return known;
        }
        const name = relativePath(this.folder, path);
        const read = readTextFile(path);
        if ("trouble" in read) {
            throw new EvaluationError(problemOf(name, read.trouble));
        }
        const { text } = read;
        const loaded: LoadedModule = {
            path,
            text,
            module: { exports: {} },
            imports: new Set(),
            isRepeatable: !unrepeatable.test(text),
        };
        this.loaded.set(path, loaded);
        try {
            this.run(loaded, name);
        } catch (error) {
            this.loaded.delete(path);
            throw error;
        }
        return loaded;
    }

    private run(loaded: LoadedModule, name: string): void {
        const { path, text, module } = loaded;
        const code = stripTypes(name, text);
        const require = (specifier: string): unknown => this.import(loaded, name, specifier);
        try {
            const run = compileFunction(
                code.replaceAll("import.meta", "importMeta_"),
                ["exports", "require", "module", "importMeta_"],
                { filename: path },
            ) as (...given: unknown[]) => void;
            run(module.exports, require, module, { dirname: dirname(path), filename: path });
        } catch (error) {
            throw error instanceof EvaluationError ? error : new EvaluationError(describe(error, name, path, text));
        }
    }

    private import(importer: LoadedModule, name: string, specifier: string): unknown {
        if (specifier === "stardeck") {
            return refusingUnknown({ ...kit, __esModule: true }, "stardeck");
        }
        if (specifier.startsWith(".")) {
            const path = resolveFileOrNull(resolve(dirname(importer.path), specifier));
            if (path === null) {
                throw missing(importer, name, specifier, `There is no file "${specifier}".`, null);
            }
            if (!/\.[cm]?[jt]s$/.test(path)) {
                importer.isRepeatable = false;
                return createRequire(importer.path)(path);
            }
            const imported = this.load(path);
            importer.imports.add(path);
            for (const further of imported.imports) {
                importer.imports.add(further);
            }
            importer.isRepeatable &&= imported.isRepeatable;
            return refusingUnknown(imported.module.exports, specifier);
        }
        importer.isRepeatable = false;
        try {
            return createRequire(importer.path)(specifier);
        } catch (error) {
            const isMissing = error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND";
            const message = isMissing
                ? `There is no package "${specifier}" here.`
                : `The package "${specifier}" cannot be loaded: ${errorMessage(error)}`;
            const hint = isMissing ? didYouMean(specifier, ["stardeck", ...builtinModules], "Install it.") : null;
            throw missing(importer, name, specifier, message, hint);
        }
    }
}

/** Removes types but keeps line breaks, so that errors have the line numbers of the file. */
function stripTypes(name: string, text: string): string {
    try {
        return transform(text, { transforms: ["typescript", "imports"], filePath: name, disableESTransforms: true })
            .code;
    } catch (error) {
        const offset = error instanceof Error && "pos" in error && typeof error.pos === "number" ? error.pos : null;
        const message = errorMessage(error)
            .replace(/^Error transforming .*?: /, "")
            .replace(/ \(\d+:\d+\)$/, "");
        throw new EvaluationError(problemAt(name, text, offset, `Syntax error: ${message}.`));
    }
}

/** Throws an error that names a missing export, where JavaScript would return `undefined`. */
function refusingUnknown(exports: Record<string, unknown>, specifier: string): unknown {
    return new Proxy(exports, {
        get: (target, key) => {
            if (typeof key === "string" && !(key in target) && !["__esModule", "default", "then"].includes(key)) {
                throw new Error(
                    `"${specifier}" exports no ${key}. ${didYouMean(key, Object.keys(target), `It exports ${Object.keys(target).join(", ")}.`)}`,
                );
            }
            return Reflect.get(target, key) as unknown;
        },
    });
}

/** Finds an imported file as TypeScript does: `./shared.js` and `./shared` may be `./shared.ts`. */
function resolveFileOrNull(path: string): string | null {
    const candidates = [
        path.replace(/\.([cm]?)js$/, ".$1ts"),
        path,
        `${path}.ts`,
        `${path}.js`,
        join(path, "index.ts"),
    ];
    return candidates.find((candidate) => existsSync(candidate) && statSync(candidate).isFile()) ?? null;
}

function missing(
    { text }: LoadedModule,
    name: string,
    specifier: string,
    message: string,
    hint: string | null,
): EvaluationError {
    const offset = text.search(new RegExp(`["']${specifier.replaceAll(/[^\w]/g, "\\$&")}["']`));
    return new EvaluationError(problemAt(name, text, offset === -1 ? null : offset, message, hint));
}

/** An error that a file threw while running, with its line in the file. */
function describe(error: unknown, name: string, path: string, text: string): FileProblem {
    const stack = error instanceof Error ? (error.stack ?? "") : "";
    const at = stack.indexOf(`${path}:`);
    const line = at === -1 ? null : Number.parseInt(stack.slice(at + path.length + 1), 10);
    const message = error instanceof SyntaxError ? `Syntax error: ${error.message}.` : withoutEnd(errorMessage(error));
    return line === null || Number.isNaN(line) ? problemOf(name, message) : problemOnLine(name, text, line, message);
}

function withoutEnd(message: string): string {
    return /[.?!]$/.test(message) ? message : `${message}.`;
}
