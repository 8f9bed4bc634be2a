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
 * The record of a server in `server-<generation>.json`. The highest generation counts.
 *
 * A generation is claimed by a hard link, which only one process can make. Its owner listens on a socket in the folder (see
 * guard-socket) from before the claim until it has closed the data. So an owner whose socket refuses connections is gone, even if
 * another process has its process id now. A dead owner's file is never taken over: the next owner claims a higher generation, and
 * of two that find the owner dead at the same moment only one can claim it.
 */
export interface ServerRecord {
    readonly generation: number;
    readonly pid: number;
    readonly startedAt: string;
    readonly host: string;
    /** Device and inode of the folder: a record that was copied with its folder does not count for the copy. */
    readonly folderId: string;
    readonly socketDirectory: string;
    /** The name of the socket in this folder that the owner listens on; null when the file system has no sockets. */
    readonly guard: string | null;
    /** Linux's id of the current boot; null on other systems. */
    readonly bootId: string | null;
    readonly pidNamespace: string | null;
    readonly processStart: string | null;
    /** True once the owner has closed the data. */
    readonly isReleased: boolean;
}

export interface HeldLock {
    /** False once the record is gone or replaced, because the folder was removed while it was served. */
    isHeld(): boolean;
    release(): void;
}

/**
 * - `none`: nobody serves the folder.
 * - `alive`: its socket accepts connections. It may still be busy, starting or leaving.
 * - `silent`: the process lives, but its database socket cannot be reached from here.
 * - `elsewhere`: the server is on another machine, which cannot be asked.
 */
export type OwnerState = "none" | "alive" | "silent" | "elsewhere";

/** The newest record in the folder, or null. */
export function readRecordOrNull(folder: string): ServerRecord | null {
    const generation = Math.max(0, ...listGenerations(folder));
    if (generation === 0) {
        return null;
    }
    try {
        const record = parseRecordOrNull(readOwnFile(recordFile(folder, generation)));
        // Records appear complete, so a crash of the machine damaged this one; its owner did not survive that.
        return { ...(record ?? { ...makeRecord(folder, "", null), isReleased: true }), generation };
    } catch (error) {
        if (fileErrorCode(error) === "ENOENT") {
            return readRecordOrNull(folder);
        }
        throw error;
    }
}

/** Null for what no server has written: a folder that came with an archive may hold anything. */
function parseRecordOrNull(text: string): ServerRecord | null {
    let record: unknown;
    try {
        record = JSON.parse(text);
    } catch {
        return null;
    }
    if (typeof record !== "object" || record === null) {
        return null;
    }
    const { pid, ...rest } = record as Readonly<Record<keyof ServerRecord, unknown>>;
    const texts = [rest.startedAt, rest.host, rest.folderId, rest.socketDirectory];
    const textsOrNull = [rest.guard, rest.bootId, rest.pidNamespace, rest.processStart];
    const isText = (value: unknown): boolean => typeof value === "string";
    return typeof pid === "number" &&
        Number.isSafeInteger(pid) &&
        pid > 1 &&
        texts.every(isText) &&
        textsOrNull.every((value) => value === null || isText(value))
        ? (record as ServerRecord)
        : null;
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
            // The machine was restarted since, so the owner is gone.
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

/** Claims the generation after `previous`. Null if another process was faster: read the record again. */
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
    // Since `previous` was read, others may have claimed later generations and removed this one as outdated.
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

/** Removes the records and sockets of dead owners. Only the owner of the newest generation may call it. */
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

/** Removes a server's socket directory with its files. */
export function removeSocketDirectory(directory: string): void {
    rmSync(join(directory, socketName), { force: true });
    rmSync(join(directory, cancelSocketName), { force: true });
    rmSync(join(directory, ownerFileName), { force: true });
    try {
        rmdirSync(directory);
    } catch {
        // It is gone already, or holds files that are not ours.
    }
}

/** Makes the folder and its parents, readable by their owner only, as PostgreSQL demands for its data. */
export function makeFolder(folder: string): void {
    // Not by mkdir's `recursive`, which never ends when the system reports ENOENT in a folder that exists (/proc).
    try {
        mkdirSync(folder, { mode: 0o700 });
    } catch (error) {
        const reason = fileErrorCode(error);
        if (reason === "EEXIST" && existsSync(folder) && statSync(folder).isDirectory()) {
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
        // As `recordFile` writes it: another spelling of a number names no file of ours.
        const digits = /^server-([1-9]\d{0,14})\.json$/.exec(name)?.[1];
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

/** When the process began, in Linux's units: process ids are reused, but not with the same start. Null if unknown. */
function readStartOrNull(pid: number | "self"): string | null {
    try {
        // The program's name in brackets may hold any characters; the start time is the 20th field after it.
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

/** Judges by the process id, for file systems without sockets. A process that cannot be seen from here counts as living. */
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

/** Notes the owner of the sockets in their folder, which no other user can write to. */
export function writeSocketOwner(socketDirectory: string, record: Pick<ServerRecord, "folderId" | "pid">): void {
    createOwnFile(join(socketDirectory, ownerFileName), describeOwner(record));
}

/** True if the sockets belong to the record's server: a record from an unpacked archive may name any folder. */
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

/** Removes the sockets that a dead server has left, but no other folder that its record may name. */
export function removeSocketsOf(record: ServerRecord, folder: string): void {
    if (hasOwnSockets(record)) {
        removeSocketDirectory(record.socketDirectory);
    }
    removeGuard(folder, record.guard ?? "");
}
