import { spawn } from "node:child_process";
import { closeSync, realpathSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { packageFolder } from "../../config/package-folder.js";
import { ownProcessId } from "../../config/process.js";
import type { ConnectionError, StardeckError } from "../errors.js";
import { makeFailure, makeStopFailure, wrapFileError } from "./failure.js";
import { makeProcessIdBytes, turnQuestion, watchRequest } from "./listener-requests.js";
import { cancelSocketName, holdsDatabase, makeLayout, port, socketName, type EmbeddedLayout } from "./layout.js";
import { findOwnerState, makeFolder, readRecordOrNull, type ServerRecord } from "./lock.js";
import { sslRequestCode } from "./messages.js";
import { checkFolder } from "./own-folder.js";
import { openLog, readLastWordsOrNull } from "./server-log.js";
import type { ServerReport } from "./server-report.js";

/** What `pg` needs to connect; there is no password: the socket is in a folder of this user alone. */
export interface EmbeddedConnection {
    /** The folder of the Unix socket. */
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
}

/** What this process calls itself on the embedded database, for others who wait for it. */
export const ownApplication = `stardeck, process ${ownProcessId}`;

/** The connection that uses the database, which keeps every other one waiting. */
export interface Turn {
    /** As pg's `processID`. */
    readonly backendPid: number;
    /** What it called itself when it connected. */
    readonly application: string;
    readonly heldMs: number;
    /** It runs a statement; else its transaction is open. */
    readonly isRunning: boolean;
}

/** Whose turn it is; null while nobody uses the database, and where that cannot be known. */
export type LoadTurn = () => Promise<Turn | null>;

/** A hold on the running server of one folder: it stays until this process closes it or ends. */
export interface EmbeddedServer {
    readonly connection: EmbeddedConnection;
    /** Process id of the server. */
    readonly pid: number;
    /**
     * Lets go. If nobody else is connected, the server has ended and the folder is at rest when this resolves; a server that
     * is busy with a statement is not waited for.
     */
    close(options?: { readonly isBusy: boolean }): Promise<void>;
    /**
     * Cancels what the connection with this process id (`processID` of pg's client; not `pg_backend_pid()`, the same for
     * all) runs or waits for: its statement fails with 57014. False if there was nothing to cancel (yet:
     * a statement that was just sent may not have arrived).
     *
     * Use this, not a CancelRequest or `statement_timeout`: a statement blocks the thread that would hear them.
     */
    cancel(backendPid: number): Promise<boolean>;
    /** Has what the connection with this process id runs or waits for cancelled when this process ends, `kill -9` included. */
    cancelAtEnd(backendPid: number): void;
    /**
     * Kills the server hard, for all its clients, and resolves when it is gone: for a statement that `cancel` does not
     * end. Open transactions are lost, what is committed is kept; the next `openEmbedded` recovers, at another socket.
     */
    terminate(): Promise<void>;
    /** Why a connection was lost, where the server's last words tell; else the error itself. */
    explainLoss(error: ConnectionError): StardeckError;
}

export interface OpenEmbeddedOptions {
    /** How long a server that runs already may take to answer, by default 30 s: a long statement keeps it busy. */
    readonly answerTimeoutMs?: number;
    /** Fails where there is no database yet, and makes nothing. */
    readonly mustExist?: boolean;
    /** Gets what says whose turn it is, as soon as a server is found: one that is busy does not answer before it has time. */
    readonly onFound?: (loadTurn: LoadTurn) => void;
}

const serverProgram = join(packageFolder, "dist/program/server.js");

/** How long a process without a socket may exist: one that is just ending has closed its socket a moment before. */
const silentMs = 2_000;

/**
 * Gives a connection to the embedded database in `folder` (`.stardeck`), making and starting it as needed.
 *
 * One server process serves a folder, for any number of programs; it ends with the last of them. The server holds a
 * PostgreSQL with one backend: a transaction makes everybody else wait, see `Sessions` for what a session keeps.
 *
 * @throws StardeckError `no-database`
 */
export async function openEmbedded(
    folder: string,
    { answerTimeoutMs = 30_000, mustExist = false, onFound }: OpenEmbeddedOptions = {},
): Promise<EmbeddedServer> {
    if (mustExist && !holdsDatabase(folder)) {
        throw makeFailure(
            `There is no database in ${folder} yet, and nothing may be written.`,
            "Leave --read-only out once to make it, see `stardeck demo`, or name a server with --database-url.",
        );
    }
    const layout = prepareFolder(folder);
    let silentSince: number | null = null;
    for (;;) {
        const record = readRecord(layout);
        const state = await findOwnerState(layout.folder, record);
        if (record === null || state === "none") {
            silentSince = null;
            await startServer(layout);
            continue;
        }
        if (state === "elsewhere") {
            throw makeElsewhereFailure(layout, record);
        }
        if (state === "alive") {
            silentSince = null;
            onFound?.(() => loadTurnOrNull(record));
            const keeper = await connectOrNull(layout, record, answerTimeoutMs);
            if (keeper !== null) {
                return makeServer(layout, record, keeper);
            }
        } else {
            silentSince ??= Date.now();
            if (Date.now() - silentSince > silentMs) {
                throw makeSilentFailure(layout, record, "cannot be reached");
            }
        }
        // It is about to end: ask again until it has.
        await pause(20);
    }
}

function prepareFolder(folder: string): EmbeddedLayout {
    try {
        makeFolder(resolve(folder));
        checkFolder(resolve(folder));
        return makeLayout(realpathSync(folder));
    } catch (error) {
        throw wrapFileError(error, resolve(folder));
    }
}

function readRecord(layout: EmbeddedLayout): ServerRecord | null {
    try {
        return readRecordOrNull(layout.folder);
    } catch (error) {
        throw wrapFileError(error, layout.folder);
    }
}

/** What its process needs of the environment; passwords and all else that is meant for other programs stays out. */
const serverVariables = ["PATH", "HOME", "TMPDIR", "TMP", "TEMP", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SystemRoot"];

/** Starts a server and waits until it serves, has found another one, or has failed. */
async function startServer(layout: EmbeddedLayout): Promise<void> {
    const report = await runServer(layout);
    if (report.kind === "failed") {
        throw makeFailure(report.message, report.hint);
    }
}

async function runServer(layout: EmbeddedLayout): Promise<ServerReport> {
    const log = openLogFile(layout);
    const child = spawn(process.execPath, [serverProgram, layout.folder], {
        // A session of its own: Ctrl-C in the terminal is for this process alone.
        detached: true,
        cwd: "/",
        stdio: ["ignore", log, log, "ipc"],
        env: Object.fromEntries(serverVariables.map((name) => [name, process.env[name]])),
    });
    closeSync(log);
    const report = await new Promise<ServerReport>((resolve) => {
        child.once("message", (message) => {
            resolve(message as ServerReport);
        });
        child.once("error", (error) => {
            resolve({ kind: "failed", message: `The database server cannot be started: ${error.message}.`, hint: "" });
        });
        child.once("exit", (code, signal) => {
            resolve({
                kind: "failed",
                message: `The database server ended while starting (${signal ?? `exit code ${String(code)}`}).`,
                hint: `Its last words are in ${layout.log}.`,
            });
        });
    });
    // Let go: this process may end before the server does.
    if (child.connected) {
        child.disconnect();
    }
    child.unref();
    return report;
}

function openLogFile(layout: EmbeddedLayout): number {
    try {
        return openLog(layout.log);
    } catch (error) {
        throw wrapFileError(error, layout.folder);
    }
}

/** A connection that keeps the server running. Null if the server is about to end. */
async function connectOrNull(
    layout: EmbeddedLayout,
    record: ServerRecord,
    answerTimeoutMs: number,
): Promise<Socket | null> {
    const socket = createConnection(join(record.socketDirectory, socketName));
    const timer = AbortSignal.timeout(answerTimeoutMs);
    const isAnswered = await new Promise<boolean | "late">((resolve) => {
        socket.once("data", () => {
            resolve(true);
        });
        socket.on("error", () => {
            resolve(false);
        });
        socket.once("close", () => {
            resolve(false);
        });
        timer.addEventListener("abort", () => {
            resolve("late");
        });
        // The question that every server answers with one byte before anything else; nothing more is ever sent.
        const question = Buffer.alloc(8);
        question.writeUInt32BE(8, 0);
        question.writeUInt32BE(sslRequestCode, 4);
        socket.write(question);
    });
    if (isAnswered === true) {
        return socket;
    }
    socket.destroy();
    if (isAnswered === "late") {
        throw makeSilentFailure(layout, record, `has not answered for ${Math.round(answerTimeoutMs / 1000)} s`);
    }
    return null;
}

function makeServer(layout: EmbeddedLayout, record: ServerRecord, keeper: Socket): EmbeddedServer {
    // An idle hold must not keep the process from ending, which ends the hold.
    keeper.unref();
    keeper.resume();
    const closed = new Promise<void>((resolve) => {
        keeper.once("close", () => {
            resolve();
        });
    });
    const watch = openWatch(join(record.socketDirectory, cancelSocketName), () => !keeper.destroyed);
    return {
        connection: { host: record.socketDirectory, port, user: "postgres", database: "postgres" },
        pid: record.pid,
        async close({ isBusy } = { isBusy: false }) {
            keeper.ref();
            keeper.end();
            if (isBusy) {
                keeper.destroy();
            }
            await closed;
            watch.close();
        },
        cancel: async (backendPid) => {
            const answer = await ask(join(record.socketDirectory, cancelSocketName), makeProcessIdBytes(backendPid));
            return answer[0] === 1;
        },
        cancelAtEnd: watch.add,
        explainLoss(error) {
            const lastWords = readLastWordsOrNull(layout.log, record.pid);
            return lastWords === null ? error : makeStopFailure(lastWords, layout, error);
        },
        async terminate() {
            keeper.ref();
            if (!keeper.destroyed) {
                process.kill(record.pid, "SIGKILL");
            }
            await closed;
        },
    };
}

/** The thread beside the database may begin to listen a moment after the database. */
const watchAgainMs = 50;

/** Keeps a connection open as long as this process lives, see `watchRequest`. */
function openWatch(
    path: string,
    isWanted: () => boolean,
): { readonly add: (backendPid: number) => void; readonly close: () => void } {
    const ids: Buffer[] = [];
    let socket: Socket;
    const connect = (): void => {
        socket = createConnection(path, () => {
            socket.off("close", connectLater);
        });
        socket.unref();
        socket.on("error", () => undefined);
        socket.once("close", connectLater);
        socket.write(Buffer.concat([watchRequest, ...ids]));
    };
    const connectLater = (): void => {
        if (isWanted()) {
            setTimeout(connect, watchAgainMs).unref();
        }
    };
    connect();
    return {
        add: (backendPid) => {
            const id = makeProcessIdBytes(backendPid);
            ids.push(id);
            if (socket.writable) {
                socket.write(id);
            }
        },
        close: () => socket.destroy(),
    };
}

async function loadTurnOrNull(record: ServerRecord): Promise<Turn | null> {
    const answer = await ask(join(record.socketDirectory, cancelSocketName), turnQuestion);
    return answer.length === 0 ? null : (JSON.parse(answer.toString("utf8")) as Turn | null);
}

/** What the thread beside the database answers; nothing where the server is about to end, or its Node.js has no inspector. */
async function ask(path: string, question: Buffer): Promise<Buffer> {
    return await new Promise((resolve) => {
        const pieces: Buffer[] = [];
        const socket = createConnection(path);
        socket.on("data", (piece: Buffer) => pieces.push(piece));
        socket.on("error", () => undefined);
        socket.once("close", () => {
            resolve(Buffer.concat(pieces));
        });
        socket.write(question);
    });
}

function makeSilentFailure(layout: EmbeddedLayout, record: ServerRecord, problem: string): Error {
    return makeFailure(
        `The database server of ${layout.folder} (process ${record.pid}, since ${record.startedAt}) ${problem}.`,
        `It may be busy for another stardeck: wait and try again. If it hangs, end it with: kill -9 ${record.pid} (what is committed is kept)`,
    );
}

function makeElsewhereFailure(layout: EmbeddedLayout, record: ServerRecord): Error {
    return makeFailure(
        `The embedded database in ${layout.folder} is in use on the machine ${record.host} (process ${record.pid}, since ${record.startedAt}).`,
        `End stardeck there. If nothing runs there any more, delete ${layout.folder}/server-${record.generation}.json and try again.`,
    );
}
