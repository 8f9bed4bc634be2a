import { readFile } from "node:fs/promises";
import { addAbortSignal, type Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { resolvePath } from "../config/resolve-path.js";
import { errorMessage, StardeckError } from "../config/errors.js";

interface SqlSources {
    /** The argument; `-` or a missing one means stdin. */
    readonly argument: string | undefined;
    readonly file: string | undefined;
    /** The folder for a relative path of the file. */
    readonly workingFolder: string;
    readonly stdin: Readable & { readonly isTTY?: boolean };
    readonly signal: AbortSignal;
}

/**
 * Reads SQL from an argument, a file or stdin.
 *
 * @throws StardeckError `usage` if there is none, if it is given twice, or if it cannot be read
 */
export async function readSql({ argument, file, workingFolder, stdin, signal }: SqlSources): Promise<string> {
    if (file !== undefined && argument !== undefined) {
        throw makeProblem("SQL and --file are both given.", "Leave one of them out.");
    }
    if (file !== undefined && file !== "-") {
        const path = resolvePath(workingFolder, file);
        const text = decode(await readFile(path).catch((error: unknown) => refuseFile(path, error)), path);
        if (text.trim() === "") {
            throw makeProblem(`SQL is missing: ${path} is empty.`, "Give a file that holds one statement.");
        }
        return text;
    }
    if (argument !== undefined && argument !== "-") {
        return argument;
    }
    const isAsked = argument === "-" || file === "-";
    const hint = "Give the statement in quotes, --file FILE, or - and the statement on stdin.";
    if (!isAsked && stdin.isTTY === true) {
        throw makeProblem("SQL is missing.", hint);
    }
    const bytes = await buffer(addAbortSignal(signal, stdin)).catch((error: unknown) => {
        signal.throwIfAborted();
        throw makeProblem(`stdin cannot be read: ${errorMessage(error)}.`, hint);
    });
    const sql = decode(bytes, "stdin");
    if (sql.trim() === "") {
        throw makeProblem("SQL is missing: there is nothing on stdin.", hint);
    }
    return sql;
}

/** Decodes UTF-8, or UTF-16 with a byte order mark, as editors on Windows write it. */
function decode(bytes: Buffer, name: string): string {
    const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
    try {
        return new TextDecoder(isUtf16 ? "utf-16le" : "utf-8", { fatal: true }).decode(bytes);
    } catch {
        throw makeProblem(`${name} holds bytes that are not UTF-8.`, "Save the SQL as UTF-8.");
    }
}

function refuseFile(path: string, error: unknown): never {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const reason = { ENOENT: "does not exist", EISDIR: "is a folder", EACCES: "may not be read" }[code];
    throw makeProblem(
        `${path} ${reason ?? `cannot be read: ${errorMessage(error)}`}.`,
        "Give a file that holds one statement.",
    );
}

function makeProblem(message: string, hint: string): StardeckError {
    return new StardeckError(message, { code: "usage", hint });
}
