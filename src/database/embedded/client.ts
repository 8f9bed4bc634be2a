import type { Socket } from "node:net";
import {
    cancelRequestCode,
    gssRequestCode,
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

/** PostgreSQL ignores what remains of a COPY that has failed; here no COPY FROM STDIN ever does anything else. */
const copyMessages = ["d", "c", "f"];

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
    /** What it called itself when it connected. */
    application = "";
    readonly #reader = new MessageReader();
    #unfinished: Buffer[] = [];

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
        } else if (!copyMessages.includes(type)) {
            this.#unfinished.push(message);
        }
        if (batchEnds.includes(type)) {
            this.batches.push({ messages: this.#unfinished, arrival: nextArrival() });
            this.#unfinished = [];
        }
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
