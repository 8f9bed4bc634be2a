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

/** Messages of one client that belong together: up to a Sync, a simple query, a function call or a Flush. */
export type Batch = readonly Buffer[];

/** After these, PostgreSQL answers at once. Everything before them only makes sense together with them. */
const batchEnds = ["Q", "S", "F", "H"];

/** The data of a COPY FROM STDIN, and its two ends. PostgreSQL ignores what remains of them behind one that has failed. */
export const copyMessages = ["d", "c", "f"];

/** A query that begins with a COPY FROM STDIN in a text format. */
const copyQuery = /^(?:\s|--[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*copy\s(?!.*\bbinary\b).*\bfrom\s+stdin\b/is;

/** Says that data may come, as text. How many columns there are nobody asks. */
const copyInResponse = makeMessage("G", Buffer.alloc(3));

/** One connection: what it has sent and not yet got an answer to, and what its session consists of. */
export class Client {
    readonly socket: Socket;
    /** What its driver takes for the process id of its backend. Unique as long as the server runs. */
    readonly backendPid: number;
    /** Complete batches with their arrival, oldest first. */
    readonly batches: { readonly messages: Batch; readonly arrival: number }[] = [];
    /** Settings of the session by name, see `Sessions`. */
    settings: ReadonlyMap<string, string> = new Map();
    /** The Parse messages of named prepared statements. */
    readonly statements = new Map<string, Buffer>();
    /** True once it has said goodbye or its connection is gone; its complete batches still run, as on a server. */
    isLeaving = false;
    /** True once it has sent its startup message. A connection that never does only keeps the server running. */
    hasSession = false;
    /** True if a Flush was refused: what follows up to the next Sync is to be ignored. */
    isSkipping = false;
    /** True if the first of `batches` is to be refused. */
    isCancelled = false;
    /** True once the program is gone without a word: nothing of it is run any more. */
    isAbandoned = false;
    /** What it called itself when it connected. */
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
     * Takes bytes in. `greeting` is the answer to the startup message; `nextArrival` numbers batches.
     *
     * @throws Error if they are not of this protocol
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

    /** PostgreSQL's one backend would wait for the data and serve nobody meanwhile: they are collected here, and given to it with the query. */
    #mayCopy(message: Buffer): boolean {
        const isFirst = this.#unfinished.length === 1 && this.batches.length === 0;
        return isFirst && typeOf(message) === "Q" && copyQuery.test(message.toString("utf8", 5));
    }

    #takeCopy(message: Buffer, nextArrival: () => number): void {
        const type = typeOf(message);
        // PostgreSQL ignores Flush and Sync here.
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
