import type { Socket } from "node:net";
import {
    cancelRequestCode,
    gssRequestCode,
    makeMessage,
    MessageReader,
    parseStartup,
    protocolVersion3,
    sslRequestCode,
    typeOf,
} from "./messages.js";

/** Messages of one client that run together: up to and including a Sync, a simple query, a function call or a Flush. */
export type Batch = readonly Buffer[];

/** PostgreSQL answers after these messages. The messages before them only make sense together with them. */
const batchEnds = ["Q", "S", "F", "H"];

/** The data of a COPY FROM STDIN, and the messages that end it. PostgreSQL ignores those that follow a failed COPY. */
export const copyMessages = ["d", "c", "f"];

/** A query that begins with a COPY FROM STDIN in a text format. */
const copyQuery = /^(?:\s|--[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*copy\s(?!.*\bbinary\b).*\bfrom\s+stdin\b/is;

/** Asks for data as text. Clients do not use the number of columns, so it is left 0. */
const copyInResponse = makeMessage("G", Buffer.alloc(3));

/** One connection: its unanswered messages and the state of its session. */
export class Client {
    readonly socket: Socket;
    /** The process id that its driver is given for its backend. Unique while the server runs. */
    readonly backendPid: number;
    /** Complete batches with the number of their arrival, oldest first. */
    readonly batches: { readonly messages: Batch; readonly arrival: number }[] = [];
    /** The session's settings by name, see `Sessions`. */
    settings: ReadonlyMap<string, string> = new Map();
    /** The Parse messages of named prepared statements. */
    readonly statements = new Map<string, Buffer>();
    /** True once the client has sent Terminate or its connection is closed; its complete batches still run, as on a server. */
    isLeaving = false;
    /** True once it has sent its startup message. A connection that never does only keeps the server running. */
    hasSession = false;
    /** True after a Flush was refused: messages up to the next Sync are ignored. */
    isSkipping = false;
    /** True if the first of `batches` will be refused. */
    isCancelled = false;
    /** True once its program is known to have ended: its waiting batches are not run any more. */
    isAbandoned = false;
    /** The application name that it sent when it connected. */
    application = "";
    readonly #reader = new MessageReader();
    #unfinished: Buffer[] = [];
    /** Whether `#unfinished` is a COPY FROM STDIN whose data are coming. */
    #isCopying = false;

    constructor(socket: Socket, backendPid: number) {
        this.socket = socket;
        this.backendPid = backendPid;
    }

    /**
     * Reads bytes that have arrived. `greeting` is the answer to the startup message; `nextArrival` numbers batches.
     *
     * @throws Error if the bytes are not of this protocol
     */
    receive(chunk: Buffer, greeting: Buffer, nextArrival: () => number): void {
        this.#reader.push(chunk);
        for (let message = this.#reader.nextOrNull(); message !== null; message = this.#reader.nextOrNull()) {
            if (this.hasSession) {
                this.#take(message, nextArrival);
            } else {
                this.#start(message, greeting);
            }
        }
    }

    send(bytes: Buffer): void {
        if (this.socket.writable) {
            this.socket.write(bytes);
        }
    }

    #start(message: Buffer, greeting: Buffer): void {
        const code = message.length >= 8 ? message.readUInt32BE(4) : 0;
        if (code === sslRequestCode || code === gssRequestCode) {
            this.send(Buffer.from("N"));
        } else if (code === cancelRequestCode) {
            // A running statement blocks this thread, so there is nothing to cancel by the time this is read.
            this.socket.end();
        } else if (code >> 16 === protocolVersion3 >> 16) {
            this.settings = parseSessionSettings(parseStartup(message));
            this.application = this.settings.get("application_name") ?? "a program without a name";
            this.hasSession = true;
            this.#reader.startTyped();
            this.send(greeting);
        } else {
            throw new Error(`protocol ${code}`);
        }
    }

    #take(message: Buffer, nextArrival: () => number): void {
        const type = typeOf(message);
        if (type === "X") {
            this.isLeaving = true;
        } else if (this.#isCopying) {
            this.#takeCopy(message, nextArrival);
        } else if (!copyMessages.includes(type)) {
            this.#unfinished.push(message);
            if (this.#mayCopy(message)) {
                this.#isCopying = true;
                this.send(copyInResponse);
            } else if (batchEnds.includes(type)) {
                this.#endBatch(nextArrival);
            }
        }
    }

    /** True if COPY data is collected here first: waiting for it, PostgreSQL's one backend would block all other clients. */
    #mayCopy(message: Buffer): boolean {
        const isFirst = this.#unfinished.length === 1 && this.batches.length === 0;
        return isFirst && typeOf(message) === "Q" && copyQuery.test(message.toString("utf8", 5));
    }

    #takeCopy(message: Buffer, nextArrival: () => number): void {
        const type = typeOf(message);
        // As in PostgreSQL, Flush and Sync are ignored during a COPY.
        if (copyMessages.includes(type)) {
            this.#unfinished.push(message);
        }
        if (type === "c" || type === "f") {
            this.#isCopying = false;
            this.#endBatch(nextArrival);
        }
    }

    #endBatch(nextArrival: () => number): void {
        this.batches.push({ messages: this.#unfinished, arrival: nextArrival() });
        this.#unfinished = [];
    }
}

/** The settings that a startup message asks for: its own pairs, and `-c name=value` in its options. */
function parseSessionSettings(startup: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
    const settings = new Map(
        [...startup].filter(([name]) => !["user", "database", "replication", "options"].includes(name)),
    );
    for (const [, name = "", value = ""] of (startup.get("options") ?? "").matchAll(/(?:-c\s*|--)([\w.]+)=(\S*)/g)) {
        settings.set(name, value);
    }
    return settings;
}
