import { readFileSync } from "node:fs";
import { join } from "node:path";
import { StardeckError } from "../../config/errors.js";
import { StatementError } from "../../database/errors.js";
import { locateValueOrNull } from "../../project/locate-value.js";
import { formatProblem, problemAt, problemOf, type FileProblem } from "../../project/problem.js";
import type { ModelFile } from "../../project/project.js";
import { quoteIdentifier } from "../../sql/identifiers.js";

/**
 * A problem in a model's SELECT, with its place in the file.
 *
 * @param position in the SELECT with the source schema bound, in characters from 1; null for the SELECT as a whole
 */
export function problemInSelect(
    model: ModelFile,
    sourceSchema: string,
    position: number | null,
    message: string,
    hint: string | null = null,
): FileProblem {
    if (position === null) {
        return { path: model.selectPath, line: model.selectLine, column: null, lineText: null, message, hint };
    }
    const problem = problemAt(
        model.selectPath,
        model.select,
        unboundOffset(model.select, sourceSchema, position),
        message,
        hint,
    );
    return { ...problem, line: (problem.line ?? 1) + model.selectLine - 1 };
}

/** Converts a position in the bound SELECT to an offset in the file's SELECT, in UTF-16 units from 0. */
function unboundOffset(select: string, sourceSchema: string, position: number): number {
    const placeholder = "{source_schema}";
    const boundLength = Array.from(quoteIdentifier(sourceSchema)).length;
    let left = position - 1;
    let offset = 0;
    for (const [index, part] of select.split(placeholder).entries()) {
        if (index > 0) {
            if (left < boundLength) {
                return offset;
            }
            left -= boundLength;
            offset += placeholder.length;
        }
        const characters = Array.from(part);
        if (left <= characters.length) {
            return offset + characters.slice(0, left).join("").length;
        }
        left -= characters.length;
        offset += part.length;
    }
    return offset;
}

/** Waits, deadlocks and cancelled statements: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const doingOfOthers: ReadonlySet<string> = new Set(["55P03", "40P01", "40001", "57014"]);

/** Whether PostgreSQL refuses a statement for what it says, and not for what others are doing. */
export function isRefusedStatement(error: unknown): error is StatementError {
    return error instanceof StatementError && !doingOfOthers.has(error.sqlState);
}

/** What PostgreSQL says of a statement: its message, and its DETAIL and HINT as the way out. */
export function describeStatementError(error: StatementError): {
    readonly message: string;
    readonly hint: string | null;
} {
    const said = error.detail === undefined ? error.message : error.message.replace(` (${error.detail})`, "");
    // Leave out PostgreSQL's hint DROP … CASCADE: it would drop objects of others.
    const isInTheWay = error.sqlState === "2BP01";
    const hints = [error.detail, isInTheWay ? undefined : error.hint].filter((text) => text !== undefined);
    return { message: sentence(said), hint: hints.length === 0 ? null : hints.map(sentence).join("\n") };
}

export function sentence(text: string): string {
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!:]$/.test(text) ? "" : "."}`;
}

/** Finds the places in a project's files of problems outside a model's SELECT. */
export class ProblemPlaces {
    /** @param folder of the project; null if its files are not available */
    constructor(private readonly folder: string | null) {}

    /** A problem in the comments before the SELECT, at the line that begins with `Key:` or `Entity:`. */
    comment(model: ModelFile, label: "Key" | "Entity", message: string, hint: string | null = null): FileProblem {
        const text = this.read(model.selectPath);
        const found = text === null ? null : new RegExp(`^--\\s*${label}:`, "im").exec(text);
        return problemAt(model.selectPath, text ?? "", found?.index ?? null, message, hint);
    }

    /** A problem in the definition file beside the SELECT. */
    definition(
        model: ModelFile,
        path: readonly (string | number)[],
        message: string,
        hint: string | null = null,
    ): FileProblem {
        if (model.definitionPath === null) {
            return problemOf(model.selectPath, message, hint);
        }
        const text = this.read(model.definitionPath);
        const at = text === null ? null : locateValueOrNull(text, "default", path);
        return problemAt(model.definitionPath, text ?? "", at, message, hint);
    }

    /** A problem of a data test. */
    line(path: string, line: number, message: string, hint: string | null = null): FileProblem {
        const lineText = this.read(path)?.split("\n")[line - 1] ?? null;
        return { path, line, column: null, lineText, message, hint };
    }

    private read(path: string): string | null {
        try {
            return this.folder === null ? null : readFileSync(join(this.folder, path), "utf8");
        } catch {
            return null;
        }
    }
}

/** @throws StardeckError that lists every problem */
export function refuseProblems(problems: readonly FileProblem[]): void {
    if (problems.length > 0) {
        const sorted = [...problems].sort((one, other) =>
            one.path < other.path ? -1 : one.path > other.path ? 1 : (one.line ?? 0) - (other.line ?? 0),
        );
        throw new StardeckError(sorted.map((problem) => formatProblem(problem).join("\n")).join("\n\n"), {
            code: "failed",
            hint: "Nothing was changed.",
        });
    }
}
