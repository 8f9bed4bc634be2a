import { randomBytes } from "node:crypto";
import { access, constants, lstat, open, realpath, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
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

/** Files that this process is writing, by their real paths. */
const beingWritten = new Set<string>();

/**
 * A path at which nothing is yet, nor is being written: the one given, or `query-2.csv`, `query-3.csv`, …
 */
export async function findFreePath(path: string): Promise<string> {
    const ending = extname(path);
    const stem = path.slice(0, path.length - ending.length);
    for (let number = 1; ; number++) {
        const candidate = number === 1 ? path : `${stem}-${number}${ending}`;
        if (!(await exists(candidate)) && !beingWritten.has(await findTarget(candidate).catch(() => candidate))) {
            return candidate;
        }
    }
}

async function exists(path: string): Promise<boolean> {
    return lstat(path).then(
        () => true,
        () => false,
    );
}

/**
 * Writes a file that is there whole or not at all: under a name of its own first, renamed at the end. Of several processes that
 * write one path the last to end wins.
 *
 * A file that is replaced keeps its mode and its owner; where the path is a symbolic link, what it leads to is replaced.
 *
 * @param newMode the mode of a file that was not there; as the umask says when not given
 * @throws StardeckError `failed` in words a person understands, also for a path that this process is writing already; whatever
 * `produce` throws. Nothing is left then.
 */
export async function writeWholeFile<T>(
    path: string,
    produce: (write: (text: string) => Promise<void>) => Promise<T>,
    newMode = 0o666,
): Promise<T> {
    try {
        const target = await findTarget(path);
        if (beingWritten.has(target)) {
            throw makeRefusal(`${path} is being written already.`);
        }
        beingWritten.add(target);
        try {
            return await replaceFile(target, produce, newMode);
        } finally {
            beingWritten.delete(target);
        }
    } catch (error) {
        throw explain(error, path);
    }
}

/** Where the file is once links are followed; the file itself need not exist. */
async function findTarget(path: string): Promise<string> {
    if ((await kindOfPath(path)) === "other") {
        throw makeRefusal(`${path} is a folder, or no file of the ordinary kind.`);
    }
    try {
        return await realpath(path);
    } catch (error) {
        if (!isMissing(error)) {
            throw error;
        }
        if (await exists(path)) {
            throw makeRefusal(`${path} is a link to a file that does not exist.`);
        }
        return join(await realpath(dirname(path)), basename(path));
    }
}

async function replaceFile<T>(
    target: string,
    produce: (write: (text: string) => Promise<void>) => Promise<T>,
    newMode: number,
): Promise<T> {
    const before = await stat(target).catch(() => null);
    if (before !== null) {
        // Renaming would replace also a file that is protected against writing.
        await access(target, constants.W_OK);
    }
    // A name that nobody can guess, and "x": neither a link nor a file that somebody has put there is written to.
    const unfinished = join(dirname(target), `.stardeck-${randomBytes(8).toString("hex")}.unfinished`);
    const file = await open(unfinished, "wx", before === null ? newMode : 0o600);
    try {
        let result: T;
        try {
            if (before !== null) {
                // Only root may give a file away. The mode comes after it, because a new owner takes some bits away.
                await file.chown(before.uid, before.gid).catch(() => undefined);
                await file.chmod(before.mode & 0o7777);
            }
            result = await produceInto(file, produce);
            // A disk that is full may be noticed only now.
            await file.sync();
        } finally {
            await file.close();
        }
        await rename(unfinished, target);
        return result;
    } catch (error) {
        await rm(unfinished, { force: true }).catch(() => undefined);
        throw error;
    }
}

async function produceInto<T>(
    file: FileHandle,
    produce: (write: (text: string) => Promise<void>) => Promise<T>,
): Promise<T> {
    let waiting: string[] = [];
    let length = 0;
    const flush = async (): Promise<void> => {
        const text = waiting.join("");
        waiting = [];
        length = 0;
        await file.writeFile(text);
    };
    const result = await produce(async (text) => {
        waiting.push(text);
        length += text.length;
        if (length >= chunkCharacters) {
            await flush();
        }
    });
    await flush();
    return result;
}

function makeRefusal(message: string, cause?: unknown): StardeckError {
    return new StardeckError(message, { code: "failed", hint: "Choose another place.", cause });
}

function isMissing(error: unknown): boolean {
    return error instanceof Error && "code" in error && error.code === "ENOENT";
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
        EDQUOT: `The quota for ${dirname(path)} is used up.`,
        EFBIG: `${basename(path)} would be larger than a file may be.`,
        ELOOP: `${path} is a link that leads to itself.`,
        ENAMETOOLONG: "The name of the file is too long.",
    };
    const reason = reasons[String(error.code)];
    return reason === undefined ? error : makeRefusal(reason, error);
}
