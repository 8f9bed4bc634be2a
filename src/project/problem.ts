import { StardeckError } from "../config/errors.js";
import { formatCodeFrame } from "../text/code-frame.js";

/** A problem in a file of a project, and where it is. */
export interface FileProblem {
    /** From the project's folder, with slashes. */
    readonly path: string;
    /** From 1; null for a problem of the whole file or folder. */
    readonly line: number | null;
    /** In characters (code points) from 1; null for a problem of the whole line. */
    readonly column: number | null;
    /** The text of that line; null to show none. */
    readonly lineText: string | null;
    /** One sentence. */
    readonly message: string;
    /** What to do; null if the message says it. */
    readonly hint: string | null;
}

/** All problems of a project's files together. */
export class ProjectError extends StardeckError {
    constructor(readonly problems: readonly FileProblem[]) {
        super(problems.map((problem) => formatProblem(problem).join("\n")).join("\n\n"), { code: "failed" });
        this.name = "ProjectError";
    }
}

/**
 * Formats a problem for people: place, message, the line with a caret, hint.
 *
 *     migrations/models/marts/mart_revenue.ts:7: There is no "descripton".
 *     7 │     descripton: "Revenue a week.",
 *         ^
 *     Did you mean description?
 */
export function formatProblem({ path, line, column, lineText, message, hint }: FileProblem): readonly string[] {
    const frame = line === null || lineText === null ? [] : frameOf(line, column, lineText);
    return [`${path}${line === null ? "" : `:${line}`}: ${message}`, ...frame, ...(hint === null ? [] : [hint])];
}

function frameOf(line: number, column: number | null, lineText: string): readonly string[] {
    const first = lineText.search(/\S/);
    if (first === -1) {
        return [];
    }
    return formatCodeFrame(lineText, column ?? first + 1, undefined, line);
}

/** A problem at an offset in a file's text, in UTF-16 units from 0; a problem of the whole file if the offset is null. */
export function problemAt(
    path: string,
    text: string,
    offset: number | null,
    message: string,
    hint: string | null = null,
): FileProblem {
    if (offset === null) {
        return { path, line: null, column: null, lineText: null, message, hint };
    }
    const before = text.slice(0, offset);
    const lineStart = before.lastIndexOf("\n") + 1;
    const lineEnd = text.indexOf("\n", offset);
    return {
        path,
        line: before.split("\n").length,
        column: Array.from(before.slice(lineStart)).length + 1,
        lineText: text.slice(lineStart, lineEnd === -1 ? undefined : lineEnd),
        message,
        hint,
    };
}

/** A problem of a line of a file; lines are numbered from 1. */
export function problemOnLine(
    path: string,
    text: string,
    line: number,
    message: string,
    hint: string | null = null,
): FileProblem {
    return { path, line, column: null, lineText: text.split("\n")[line - 1] ?? null, message, hint };
}

/** A problem of a whole file or folder. */
export function problemOf(path: string, message: string, hint: string | null = null): FileProblem {
    return problemAt(path, "", null, message, hint);
}
