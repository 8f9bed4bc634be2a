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

/** What `pg` needs to connect. There is no password, because the socket is in a folder of this user only. */
export interface EmbeddedConnection {
    /** The folder of the Unix socket. */
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
}

/** This process's application name on the embedded database, shown to other programs that wait for it. */
export const ownApplication = `stardeck, process ${ownProcessId}`;

/** The connection that uses the database, which keeps every other one waiting. */
export interface Turn {
    /** As pg's `processID`. */
    readonly backendPid: number;
    /** The application name that it sent when it connected. */
    readonly application: string;
    readonly heldMs: number;
    /** True while it runs a statement; false while its transaction is idle. */
    readonly isRunning: boolean;
}

/** Loads whose turn it is; null while nobody uses the database, or when that cannot be found out. */
export type LoadTurn = () => Promise<Turn | null>;

/** A connection to the running server of one folder, which keeps the server running until this process closes it or ends. */
export interface EmbeddedServer {
    readonly connection: EmbeddedConnection;
    /** Process id of the server. */
    readonly pid: number;
    /**
     * Disconnects. If nobody else is connected, the server has ended and no longer uses the folder when this resolves. With
     * `isBusy`, it does not wait for a server that is busy with a statement.
     */
    close(options?: { readonly isBusy: boolean }): Promise<void>;
    /**
     * Cancels the running or waiting statement of a connection: it fails with 57014. False if there was nothing to cancel, or
     * if the statement has not arrived yet.
     *
     * Use this, not a CancelRequest or `statement_timeout`: a statement blocks the thread that would notice them.
     *
     * @param backendPid `processID` of pg's client; not `pg_backend_pid()`, which is the same for all connections
     */
    cancel(backendPid: number): Promise<boolean>;
    /** Has the statements of the connection with this process id cancelled when this process ends, even by `kill -9`. */
    cancelAtEnd(backendPid: number): void;
    /**
     * Kills the server for all its clients and resolves when it is gone: for a statement that `cancel` does not end.
     * Open transactions are lost, committed data is kept; the next `openEmbedded` recovers it, on another socket.
     */
    terminate(): Promise<void>;
    /** The reason for a lost connection from the server's last log lines, if they tell it; else the error itself. */
    explainLoss(error: ConnectionError): StardeckError;
}

export interface OpenEmbeddedOptions {
    /** How long to wait for an answer of a running server, which a long statement may keep busy; 30 s by default. */
    readonly answerTimeoutMs?: number;
    /** Fails if there is no database yet, instead of making one. */
    readonly mustExist?: boolean;
    /** Called as soon as a server is found, with a function that loads whose turn it is: a busy server may take long to answer. */
    readonly onFound?: (loadTurn: LoadTurn) => void;
}

const serverProgram = join(packageFolder, "dist/program/server.js");

/** How long to wait for a living process without a socket: a server that is ending closes its socket shortly before. */
const silentMs = 2_000;

/**
 * Connects to the embedded database in `folder` (`.stardeck`), which is made and started as needed.
 *
 * One server process serves a folder for any number of programs; it ends with the last of them. Its PostgreSQL has one
 * backend: a transaction makes all other programs wait. See `Sessions` for what a session keeps.
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
        // The server is about to end: ask again until it has ended.
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

/** The variables that the server process gets; passwords and everything meant for other programs are left out. */
const serverVariables = ["PATH", "HOME", "TMPDIR", "TMP", "TEMP", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SystemRoot"];

/** Starts a server and waits until it is ready, has found another one, or has failed. */
async function startServer(layout: EmbeddedLayout): Promise<void> {
    const report = await runServer(layout);
    if (report.kind === "failed") {
        throw makeFailure(report.message, report.hint);
    }
}

async function runServer(layout: EmbeddedLayout): Promise<ServerReport> {
    const log = openLogFile(layout);
    const child = spawn(process.execPath, [serverProgram, layout.folder], {
        // In its own session, so that Ctrl-C in the terminal does not reach the server.
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
    // Detach: this process may end before the server does.
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
        // An SSLRequest, which every server answers with one byte; nothing more is ever sent.
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
    // The idle connection must not keep this process running; it closes when the process ends.
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

/** How long to wait before connecting again: the cancel listener may start listening a moment after the database. */
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

/** The answer of the cancel listener's thread; empty when the server is about to end or its Node.js has no inspector. */
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
