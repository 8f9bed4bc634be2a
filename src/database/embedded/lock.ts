import { execFile } from "node:child_process";
import {
    existsSync,
    linkSync,
    mkdirSync,
    readdirSync,
    readFileSync,
    renameSync,
    rmdirSync,
    rmSync,
    statSync,
    writeFileSync,
} from "node:fs";
import { createConnection } from "node:net";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { fileErrorCode, makeFailure } from "./failure.js";
import { cancelSocketName, socketName } from "./layout.js";

/**
 * What a server says of itself in `server-<generation>.json`. The highest generation counts.
 *
 * A generation is claimed by a hard link, which succeeds once. Its owner listens on its socket before it claims and
 * until it has closed the data, so an owner whose socket refuses connections is gone, whatever its process id says
 * today. A dead owner's file is never taken over, only outnumbered: two that find it dead at the same moment cannot
 * both win the next number.
 */
export interface ServerRecord {
    readonly generation: number;
    readonly pid: number;
    readonly startedAt: string;
    readonly host: string;
    /** Device and inode of the folder: a copy of the folder brings a record with it that says nothing about the copy. */
    readonly folderId: string;
    readonly socketDirectory: string;
    /** True once the owner has closed the data. */
    readonly isReleased: boolean;
}

export interface HeldLock {
    /** False once the file is gone or replaced: somebody removed the folder while it was served. */
    isHeld(): boolean;
    release(): void;
}

/**
 * - `none`: nobody serves the folder.
 * - `alive`: its socket accepts connections. It may still be busy, starting or leaving.
 * - `silent`: the process exists and looks like the server, its socket does not accept connections.
 * - `elsewhere`: on another machine, which cannot be asked.
 */
export type OwnerState = "none" | "alive" | "silent" | "elsewhere";

/** The newest record in the folder, or null. */
export function readRecordOrNull(folder: string): ServerRecord | null {
    const generation = Math.max(0, ...listGenerations(folder));
    if (generation === 0) {
        return null;
    }
    try {
        return { ...(JSON.parse(readFileSync(recordFile(folder, generation), "utf8")) as ServerRecord), generation };
    } catch (error) {
        if (fileErrorCode(error) === "ENOENT") {
            return readRecordOrNull(folder);
        }
        if (error instanceof SyntaxError) {
            // Records appear whole, so this one was damaged by a crash of the machine, which its owner did not survive.
            return { ...makeRecord(folder, ""), generation, isReleased: true };
        }
        throw error;
    }
}

export function makeRecord(folder: string, socketDirectory: string): Omit<ServerRecord, "generation"> {
    return {
        pid: process.pid,
        startedAt: new Date().toISOString(),
        host: hostname(),
        folderId: readFolderId(folder),
        socketDirectory,
        isReleased: false,
    };
}

export async function findOwnerState(folder: string, record: ServerRecord | null): Promise<OwnerState> {
    if (record === null || record.isReleased || record.folderId !== readFolderId(folder)) {
        return "none";
    }
    if (record.host !== hostname()) {
        return "elsewhere";
    }
    const reason = await tryConnect(join(record.socketDirectory, socketName));
    if (reason === null || reason === "EAGAIN") {
        return "alive";
    }
    if (reason === "EACCES" || reason === "EPERM") {
        throw makeFailure(
            `The embedded database in ${folder} is in use by another user of this machine (process ${record.pid}).`,
            "Wait until that user has left stardeck, or start stardeck in another folder.",
        );
    }
    return (await isServerProcess(record.pid, folder)) ? "silent" : "none";
}

/** Claims the generation after `previous`. Null if somebody else was faster: read the record again. */
export function claimOrNull(
    folder: string,
    previous: ServerRecord | null,
    contents: Omit<ServerRecord, "generation">,
): HeldLock | null {
    const generation = (previous?.generation ?? 0) + 1;
    const record: ServerRecord = { generation, ...contents };
    const file = recordFile(folder, generation);
    const draft = join(folder, `server-draft-${process.pid}`);
    writeFileSync(draft, `${JSON.stringify(record)}\n`, { mode: 0o600 });
    try {
        linkSync(draft, file);
    } catch (error) {
        if (fileErrorCode(error) === "EEXIST") {
            return null;
        }
        throw error;
    } finally {
        rmSync(draft, { force: true });
    }
    // Between reading `previous` and linking, others may have come, gone on, and removed this number as outdated.
    if (Math.max(...listGenerations(folder)) > generation) {
        rmSync(file, { force: true });
        return null;
    }
    return holdLock(folder, record);
}

function holdLock(folder: string, record: ServerRecord): HeldLock {
    const file = recordFile(folder, record.generation);
    const identity = identify(file);
    const isHeld = (): boolean => identity !== null && identify(file) === identity;
    return {
        isHeld,
        release() {
            if (isHeld()) {
                const draft = `${file}.released`;
                writeFileSync(draft, `${JSON.stringify({ ...record, isReleased: true })}\n`, { mode: 0o600 });
                renameSync(draft, file);
            }
        },
    };
}

/** Removes what dead owners left behind. Only for the owner of the newest generation. */
export function removeOlderRecords(folder: string): void {
    const generations = listGenerations(folder);
    const newest = Math.max(0, ...generations);
    for (const generation of generations.filter((each) => each < newest)) {
        const file = recordFile(folder, generation);
        try {
            const { socketDirectory, host } = JSON.parse(readFileSync(file, "utf8")) as ServerRecord;
            if (host === hostname()) {
                removeSocketDirectory(socketDirectory);
            }
        } catch {
            // A record that cannot be read names no socket to remove.
        }
        rmSync(file, { force: true });
    }
}

export function removeSocketDirectory(directory: string): void {
    rmSync(join(directory, socketName), { force: true });
    rmSync(join(directory, cancelSocketName), { force: true });
    try {
        rmdirSync(directory);
    } catch {
        // Gone already, or it holds something that is not ours.
    }
}

/** Makes the folder and those above it, readable by their owner alone as PostgreSQL demands of its data. */
export function makeFolder(folder: string): void {
    // Not by mkdir's `recursive`: where the system says ENOENT for a folder that does exist (/proc), it never ends.
    try {
        mkdirSync(folder, { mode: 0o700 });
    } catch (error) {
        const reason = fileErrorCode(error);
        if (reason === "EEXIST" && statSync(folder).isDirectory()) {
            return;
        }
        if (reason !== "ENOENT" || existsSync(dirname(folder))) {
            throw error;
        }
        makeFolder(dirname(folder));
        makeFolder(folder);
    }
}

function listGenerations(folder: string): number[] {
    return readdirSync(folder).flatMap((name) => {
        const digits = /^server-(\d+)\.json$/.exec(name)?.[1];
        return digits === undefined ? [] : [Number(digits)];
    });
}

function recordFile(folder: string, generation: number): string {
    return join(folder, `server-${generation}.json`);
}

function readFolderId(folder: string): string {
    const { dev, ino } = statSync(folder);
    return `${dev}:${ino}`;
}

function identify(file: string): string | null {
    const stats = statSync(file, { throwIfNoEntry: false });
    return stats === undefined ? null : `${stats.dev}:${stats.ino}:${stats.mtimeMs}`;
}

/** Null when somebody listens there, else the operating system's code. */
async function tryConnect(path: string): Promise<string | null> {
    return await new Promise((resolve) => {
        const socket = createConnection(path);
        socket.once("connect", () => {
            socket.destroy();
            resolve(null);
        });
        socket.once("error", (error) => {
            resolve(fileErrorCode(error) ?? "unknown");
        });
    });
}

/** Tells a server from a process that has got its id since. When that cannot be found out, it counts as gone. */
async function isServerProcess(pid: number, folder: string): Promise<boolean> {
    try {
        process.kill(pid, 0);
    } catch (error) {
        if (fileErrorCode(error) === "ESRCH") {
            return false;
        }
    }
    const command = await readCommandLine(pid);
    return command.includes("embedded/server.js") && command.includes(folder);
}

async function readCommandLine(pid: number): Promise<string> {
    try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    } catch {
        // macOS has no /proc.
    }
    try {
        return (await promisify(execFile)("ps", ["-ww", "-o", "command=", "-p", String(pid)])).stdout;
    } catch {
        return "";
    }
}
