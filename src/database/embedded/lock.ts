import { randomUUID } from "node:crypto";
import {
    existsSync,
    linkSync,
    lstatSync,
    mkdirSync,
    readdirSync,
    readFileSync,
    readlinkSync,
    renameSync,
    rmdirSync,
    rmSync,
    statSync,
} from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { ownUserId, processExists } from "../../config/process.js";
import { fileErrorCode } from "./failure.js";
import { askGuard, removeGuard, tryConnect } from "./guard-socket.js";
import { cancelSocketName, socketName } from "./layout.js";
import { createOwnFile, readOwnFile } from "./own-folder.js";

/**
 * What a server says of itself in `server-<generation>.json`. The highest generation counts.
 *
 * A generation is claimed by a hard link, which succeeds once. Its owner listens on a socket in the folder (see guard-socket)
 * before it claims and until it has closed the data, so an owner whose socket refuses connections is gone, whatever its
 * process id says today. A dead owner's file is never taken over, only outnumbered: two that find it dead at the same moment cannot
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
    /** The name of the socket in this folder that the owner listens on; null where the file system knows no sockets. */
    readonly guard: string | null;
    /** Which run of which kernel; null where the system does not say. */
    readonly bootId: string | null;
    readonly pidNamespace: string | null;
    readonly processStart: string | null;
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
 * - `silent`: the process lives, and its database socket cannot be reached from here.
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
        return { ...(JSON.parse(readOwnFile(recordFile(folder, generation))) as ServerRecord), generation };
    } catch (error) {
        if (fileErrorCode(error) === "ENOENT") {
            return readRecordOrNull(folder);
        }
        if (error instanceof SyntaxError) {
            // Records appear whole, so this one was damaged by a crash of the machine, which its owner did not survive.
            return { ...makeRecord(folder, "", null), generation, isReleased: true };
        }
        throw error;
    }
}

export function makeRecord(
    folder: string,
    socketDirectory: string,
    guard: string | null,
): Omit<ServerRecord, "generation"> {
    return {
        pid: process.pid,
        startedAt: new Date().toISOString(),
        host: hostname(),
        folderId: readFolderId(folder),
        socketDirectory,
        guard,
        bootId: readBootIdOrNull(),
        pidNamespace: readPidNamespaceOrNull(),
        processStart: readStartOrNull("self"),
        isReleased: false,
    };
}

export async function findOwnerState(folder: string, record: ServerRecord | null): Promise<OwnerState> {
    if (record === null || record.isReleased || record.folderId !== readFolderId(folder)) {
        return "none";
    }
    const bootId = readBootIdOrNull();
    if (bootId === null || record.bootId !== bootId) {
        if (record.host !== hostname()) {
            return "elsewhere";
        }
        if (bootId !== null && record.bootId !== null) {
            // The machine has started anew since, and no process of then is left.
            return "none";
        }
    }
    if (hasOwnSockets(record)) {
        const reason = await tryConnect(join(record.socketDirectory, socketName));
        if (reason === null || reason === "EAGAIN") {
            return "alive";
        }
    }
    const answer = record.guard === null ? "unknown" : await askGuard(folder, record.guard);
    if (answer === "unknown") {
        return isOwnerProcess(record) ? "silent" : "none";
    }
    return answer === "alive" ? "silent" : "none";
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
    const draft = join(folder, `server-draft-${randomUUID()}`);
    createOwnFile(draft, `${JSON.stringify(record)}\n`);
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
                const draft = join(folder, `server-draft-${randomUUID()}`);
                createOwnFile(draft, `${JSON.stringify({ ...record, isReleased: true })}\n`);
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
            removeSocketsOf(JSON.parse(readOwnFile(file)) as ServerRecord, folder);
        } catch {
            // A record that cannot be read names no socket to remove.
        }
        rmSync(file, { force: true });
    }
}

/** For the server that made it. */
export function removeSocketDirectory(directory: string): void {
    rmSync(join(directory, socketName), { force: true });
    rmSync(join(directory, cancelSocketName), { force: true });
    rmSync(join(directory, ownerFileName), { force: true });
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

/** When the process began, as Linux counts it: a process id is given again, together with this it is not. Null where unknown. */
function readStartOrNull(pid: number | "self"): string | null {
    try {
        // The name of the program, in brackets, may hold anything; the start is the 20th field after it.
        return (
            readFileSync(`/proc/${pid}/stat`, "utf8")
                .replace(/^.*\) /s, "")
                .split(" ")[19] ?? null
        );
    } catch {
        return null;
    }
}

function readBootIdOrNull(): string | null {
    try {
        return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    } catch {
        return null;
    }
}

function readPidNamespaceOrNull(): string | null {
    try {
        return readlinkSync("/proc/self/ns/pid");
    } catch {
        return null;
    }
}

/** For file systems without sockets. What cannot be seen from here counts as living. */
function isOwnerProcess({ pid, processStart, pidNamespace }: ServerRecord): boolean {
    if (pidNamespace !== readPidNamespaceOrNull()) {
        return true;
    }
    return processExists(pid) && (processStart === null || processStart === readStartOrNull(pid));
}

const ownerFileName = "owner";

function describeOwner({ folderId, pid }: Pick<ServerRecord, "folderId" | "pid">): string {
    return `${folderId} ${pid}`;
}

/** Says in the folder of the sockets, which nobody else can write to, whose they are. */
export function writeSocketOwner(socketDirectory: string, record: Pick<ServerRecord, "folderId" | "pid">): void {
    createOwnFile(join(socketDirectory, ownerFileName), describeOwner(record));
}

/** True if the sockets are those of the record's server: a record that came with an unpacked folder may name any. */
function hasOwnSockets(record: ServerRecord): boolean {
    const directory = record.socketDirectory;
    try {
        const stats = lstatSync(directory);
        return (
            /^stardeck-\w+$/.test(basename(directory)) &&
            stats.isDirectory() &&
            (ownUserId === undefined || stats.uid === ownUserId) &&
            (stats.mode & 0o077) === 0 &&
            readOwnFile(join(directory, ownerFileName)) === describeOwner(record)
        );
    } catch {
        return false;
    }
}

/** Removes the sockets that a dead server has left, and nothing else that its record may name. */
export function removeSocketsOf(record: ServerRecord, folder: string): void {
    if (hasOwnSockets(record)) {
        removeSocketDirectory(record.socketDirectory);
    }
    removeGuard(folder, record.guard ?? "");
}
