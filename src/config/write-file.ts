import { open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { StardeckError } from "./errors.js";

/** Fewer, larger writes are quicker. */
const chunkCharacters = 64 * 1024;

/** What is at a path already: nothing, a file, or something that cannot be replaced. */
export async function kindOfPath(path: string): Promise<"nothing" | "file" | "other"> {
    try {
        return (await stat(path)).isFile() ? "file" : "other";
    } catch {
        return "nothing";
    }
}

/**
 * Writes a file that is there whole or not at all: under another name first, renamed at the end.
 *
 * @throws StardeckError `failed` in words a person understands; whatever `produce` throws. Nothing is left then.
 */
export async function writeWholeFile<T>(
    path: string,
    produce: (write: (text: string) => Promise<void>) => Promise<T>,
): Promise<T> {
    if ((await kindOfPath(path)) === "other") {
        throw new StardeckError(`${path} is a folder, or no file of the ordinary kind.`, {
            code: "failed",
            hint: "Choose another place.",
        });
    }
    const unfinished = `${path}.unfinished`;
    let waiting: string[] = [];
    let length = 0;
    try {
        const file = await open(unfinished, "w");
        const flush = async (): Promise<void> => {
            const text = waiting.join("");
            waiting = [];
            length = 0;
            await file.writeFile(text);
        };
        let result: T;
        try {
            result = await produce(async (text) => {
                waiting.push(text);
                length += text.length;
                if (length >= chunkCharacters) {
                    await flush();
                }
            });
            await flush();
        } finally {
            await file.close();
        }
        await rename(unfinished, path);
        return result;
    } catch (error) {
        await rm(unfinished, { force: true }).catch(() => undefined);
        throw explain(error, path);
    }
}

function explain(error: unknown, path: string): unknown {
    if (error instanceof StardeckError || !(error instanceof Error) || !("code" in error)) {
        return error;
    }
    const reasons: Readonly<Record<string, string>> = {
        ENOENT: `There is no folder ${dirname(path)}.`,
        ENOTDIR: `${dirname(path)} is not a folder.`,
        EISDIR: `${path} is a folder.`,
        EACCES: `${basename(path)} cannot be written in ${dirname(path)}: no permission.`,
        EPERM: `${basename(path)} cannot be written in ${dirname(path)}: no permission.`,
        EROFS: `${dirname(path)} cannot be written: it is read only.`,
        ENOSPC: `The disk of ${dirname(path)} is full.`,
        ENAMETOOLONG: "The name of the file is too long.",
    };
    const reason = reasons[String(error.code)];
    return reason === undefined
        ? error
        : new StardeckError(reason, { code: "failed", hint: "Choose another place.", cause: error });
}
