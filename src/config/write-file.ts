import { randomBytes } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { access, constants, link, lstat, open, realpath, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { StardeckError } from "./errors.js";

/** Text is collected up to this length: fewer, larger writes are quicker. */
const chunkCharacters = 64 * 1024;

/** What a path leads to: nothing, a file, or something that cannot be replaced. */
export async function kindOfPath(path: string): Promise<"nothing" | "file" | "other"> {
    try {
        return (await stat(path)).isFile() ? "file" : "other";
    } catch {
        return "nothing";
    }
}

/** The real paths of the files that this process is writing. */
const beingWritten = new Set<string>();

/**
 * A path where no file exists and none is being written: the given one, or `query-2.csv`, `query-3.csv`, …
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

interface WriteOptions {
    /** The mode of a new file; the umask applies. */
    readonly newMode?: number;
    /** The last of several programs that write the path wins. */
    readonly lastWins?: boolean;
}

/**
 * Writes a file completely or not at all: first under a temporary name, renamed at the end. A file that another program has put at the
 * path meanwhile is not replaced: then the text is at another path, which the error names.
 *
 * A replaced file keeps its mode and its owner. When the path is a symbolic link, the file it leads to is replaced.
 *
 * @throws StardeckError `failed` that a person understands, also for a path that this process is already writing; any error
 * of `produce`. No unfinished file is left then.
 */
export async function writeWholeFile<T>(
    path: string,
    produce: (write: (text: string) => Promise<void>) => Promise<T>,
    { newMode = 0o666, lastWins = false }: WriteOptions = {},
): Promise<T> {
    try {
        const target = await findTarget(path);
        if (beingWritten.has(target)) {
            throw makeRefusal(`${path} is being written already.`);
        }
        beingWritten.add(target);
        try {
            return await replaceFile(target, produce, newMode, lastWins);
        } finally {
            beingWritten.delete(target);
        }
    } catch (error) {
        throw explain(error, path);
    }
}

/** The file's path with all links followed; the file itself need not exist. */
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
    lastWins: boolean,
): Promise<T> {
    const before = await statOrNull(target);
    if (before !== null) {
        // Renaming would replace even a file that is protected against writing.
        await access(target, constants.W_OK);
    }
    // A random name and "x": nobody can place a link or a file there for us to write to.
    const unfinished = join(dirname(target), `.stardeck-${randomBytes(8).toString("hex")}.unfinished`);
    const file = await open(unfinished, "wx", before === null ? newMode : 0o600);
    try {
        let result: T;
        try {
            if (before !== null) {
                // Only root may change the owner. The mode is set afterwards, because chown clears some of its bits.
                await file.chown(Number(before.uid), Number(before.gid)).catch(() => undefined);
                await file.chmod(Number(before.mode) & 0o7777);
            }
            result = await produceInto(file, produce);
            // A full disk may be reported only now.
            await file.sync();
        } finally {
            await file.close();
        }
        await (lastWins ? rename(unfinished, target) : publish(unfinished, target, before));
        return result;
    } catch (error) {
        await rm(unfinished, { force: true }).catch(() => undefined);
        throw error;
    }
}

function statOrNull(path: string): Promise<BigIntStats | null> {
    return stat(path, { bigint: true }).catch(() => null);
}

/**
 * Renames the unfinished file to its target, unless another program has written there since the file was begun.
 *
 * @throws StardeckError `failed` that names the path where the text is instead
 */
async function publish(unfinished: string, target: string, before: BigIntStats | null): Promise<void> {
    const now = await statOrNull(target);
    const isAsBefore =
        now === null ||
        (before !== null && now.ino === before.ino && now.size === before.size && now.mtimeNs === before.mtimeNs);
    if (isAsBefore && now !== null) {
        await rename(unfinished, target);
        return;
    }
    if (isAsBefore && (await renameIfFree(unfinished, target))) {
        return;
    }
    let other: string;
    do {
        other = await findFreePath(target);
    } while (!(await renameIfFree(unfinished, other)));
    throw new StardeckError(`Another program has written ${target} meanwhile, and that was left as it is.`, {
        code: "failed",
        hint: `What was written here is in ${other}.`,
    });
}

/** The errors of `link` on file systems without hard links. */
const noLinks = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"];

/** Renames a file; false if the name is taken already, which `rename` would ignore and replace the file. */
async function renameIfFree(file: string, name: string): Promise<boolean> {
    try {
        await link(file, name);
        await rm(file);
        return true;
    } catch (error) {
        const code = error instanceof Error && "code" in error ? String(error.code) : "";
        if (code === "EEXIST" || (noLinks.includes(code) && (await exists(name)))) {
            return false;
        }
        if (!noLinks.includes(code)) {
            throw error;
        }
        await rename(file, name);
        return true;
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
