import { mkdtempSync, utimesSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { PGlite } from "@electric-sql/pglite";
import { errorMessage } from "../../config/errors.js";
import { makeBackend } from "./backend.js";
import { makeGuardOrNull, removeGuard } from "./guard-socket.js";
import { cancelSocketName, makeLayout, socketName, type EmbeddedLayout } from "./layout.js";
import {
    claimOrNull,
    findOwnerState,
    makeRecord,
    readRecordOrNull,
    removeOlderRecords,
    removeSocketDirectory,
    writeSocketOwner,
    type HeldLock,
} from "./lock.js";
import { openData } from "./open-data.js";
import { Sessions } from "./sessions.js";

/** How long a started server waits for its first client. */
const firstClientMs = 15_000;
/** How long it waits for a next client after one that did not wait for the server's end. */
const nextClientMs = 250;
/** How long a leaving program is kept waiting while others are connected: these may be its own connections, just ending. */
const farewellMs = 250;
/** Sockets are touched this often: programs that clean temporary folders remove files untouched for days. */
const touchMs = 3_600_000;

interface InterruptibleServer {
    readonly cancelStatement: (backendPid: number) => boolean;
    readonly abandonClient: (backendPid: number) => boolean;
    readonly describeTurn: () => string;
}

/** The servers of this process by the path of their cancel listener's socket; the listener's thread looks them up here. */
const servers = new Map<string, InterruptibleServer>();
Object.assign(globalThis, { stardeckServers: servers });

/** Events of a server. */
export interface ServerEvents {
    readonly onLog: (line: string) => void;
    /** Called when the last client has gone and the data is closed. */
    readonly onClosed: () => void;
}

/**
 * Serves the database of a folder until the last client has gone. When PostgreSQL has stopped, ends the process, because the contents
 * of PostgreSQL's memory must not be written.
 *
 * @returns a function that closes the server; null if another one serves the folder
 * @throws StardeckError `no-database`
 */
export async function serveFolderOrNull(folder: string, events: ServerEvents): Promise<(() => void) | null> {
    const layout = makeLayout(folder);
    const socketDirectory = makeSocketDirectory();
    // Connections that come before the database is open wait here.
    const early: Socket[] = [];
    const listener = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
        socket.on("error", () => undefined);
        early.push(socket);
    });
    writeSocketOwner(socketDirectory, makeRecord(folder, socketDirectory, null));
    await listen(listener, join(socketDirectory, socketName));
    const guard = await makeGuardOrNull(folder);
    const removeSockets = (): void => {
        removeSocketDirectory(socketDirectory);
        guard?.listener.close();
        removeGuard(folder, guard?.name ?? "");
    };
    const lock = await claim(folder, socketDirectory, guard?.name ?? null);
    if (lock === null) {
        removeSockets();
        return null;
    }
    try {
        removeOlderRecords(folder);
        const database = await openData(layout, events.onLog);
        return await serve({ database, lock, listener, early, socketDirectory, removeSockets, layout, events });
    } catch (error) {
        events.onLog(`The database could not be opened: ${errorMessage(error)}`);
        lock.release();
        removeSockets();
        throw error;
    }
}

interface Serving {
    readonly database: PGlite;
    readonly lock: HeldLock;
    readonly listener: Server;
    readonly early: readonly Socket[];
    readonly socketDirectory: string;
    readonly removeSockets: () => void;
    readonly layout: EmbeddedLayout;
    readonly events: ServerEvents;
}

async function serve({
    database,
    lock,
    listener,
    early,
    socketDirectory,
    removeSockets,
    layout,
    events: { onLog, onClosed },
}: Serving): Promise<() => void> {
    let leaveTimer: NodeJS.Timeout | undefined;
    let isClosing = false;
    const farewells = new Set<Socket>();

    /** Ends the process without closing PostgreSQL, because the contents of its memory must not be written. */
    const dieAt = (reason: string): never => {
        onLog(reason);
        removeSockets();
        process.exit(1);
    };
    const checkHeld = (): void => {
        if (!lock.isHeld()) {
            // PostgreSQL opens its files by name: it would write into the folder that has replaced ours.
            dieAt("The folder was removed or replaced while it was in use.");
        }
    };
    const close = async (): Promise<void> => {
        if (isClosing) {
            return;
        }
        isClosing = true;
        checkHeld();
        await database.close();
        lock.release();
        // Stop listening last: while the data is open, a connection to the socket must succeed.
        removeSockets();
        farewells.forEach((socket) => socket.destroy());
        listener.close();
        clearInterval(touching);
        servers.delete(cancelPath);
        void cancelListener.terminate();
        onLog("Closed.");
        onClosed();
    };
    const leaveUnless = (count: number, afterMs: number): void => {
        clearTimeout(leaveTimer);
        if (count === 0) {
            leaveTimer = setTimeout(() => void close(), farewells.size > 0 ? 0 : afterMs);
        }
    };
    const sessions = new Sessions(await makeBackend(database), {
        idleTransactionMs: 60_000,
        beforeTurn: checkHeld,
        onLog,
        onCountChanged: (count) => {
            leaveUnless(count, nextClientMs);
        },
        onFarewell: (socket) => {
            farewells.add(socket);
            socket.once("close", () => farewells.delete(socket));
            setTimeout(() => {
                if (!isClosing) {
                    socket.destroy();
                }
            }, farewellMs).unref();
        },
        describeDeath: () => `The embedded database has stopped; ${layout.log} says why.`,
        onDeath: (error) => {
            // Leave time to send the clients their error messages.
            setTimeout(() => dieAt(`PostgreSQL has stopped: ${errorMessage(error)}`), 100);
        },
    });

    const cancelPath = join(socketDirectory, cancelSocketName);
    servers.set(cancelPath, {
        cancelStatement: (backendPid) => sessions.cancel(backendPid),
        abandonClient: (backendPid) => sessions.abandon(backendPid),
        describeTurn: () => JSON.stringify(sessions.turnOrNull()),
    });
    const cancelListener = new Worker(new URL("./cancel-listener.js", import.meta.url), {
        workerData: { path: cancelPath },
    });
    cancelListener.on("error", (error) => {
        onLog(`Statements cannot be cancelled: ${errorMessage(error)}`);
    });
    cancelListener.unref();

    listener.removeAllListeners("connection");
    listener.on("connection", (socket) => {
        if (isClosing) {
            socket.destroy();
        } else {
            sessions.add(socket);
        }
    });
    leaveUnless(0, firstClientMs);
    early.forEach((socket) => {
        sessions.add(socket);
    });
    const touching = setInterval(() => {
        const now = new Date();
        utimesSync(socketDirectory, now, now);
        utimesSync(join(socketDirectory, socketName), now, now);
    }, touchMs).unref();
    onLog("Ready.");
    return () => void close();
}

/** The lock, or null if another server is there. */
async function claim(folder: string, socketDirectory: string, guard: string | null): Promise<HeldLock | null> {
    for (;;) {
        const record = readRecordOrNull(folder);
        if ((await findOwnerState(folder, record)) !== "none") {
            return null;
        }
        const lock = claimOrNull(folder, record, makeRecord(folder, socketDirectory, guard));
        if (lock !== null) {
            return lock;
        }
    }
}

/** The sockets are not in the database's folder, because the path of a Unix socket is limited to about 100 bytes. */
function makeSocketDirectory(): string {
    const parent = tmpdir().length > 70 ? "/tmp" : tmpdir();
    return mkdtempSync(join(parent, "stardeck-"));
}

async function listen(listener: Server, path: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
        listener.once("error", reject);
        listener.listen(path, resolve);
    });
}
