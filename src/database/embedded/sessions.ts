import type { Socket } from "node:net";
import { setImmediate as nextRound } from "node:timers/promises";
import { BackendDeath, type Backend } from "./backend.js";
import { Client, copyMessages, type Batch } from "./client.js";
import type { Turn } from "./open-embedded.js";
import { makeError, makeMessage, makeQuery, parseRows, readyIdle, statementNameOrNull, typeOf } from "./messages.js";

export interface SessionsOptions {
    /** How long a transaction may be idle while other clients wait for the backend. After that, the waiting clients get an error. */
    readonly idleTransactionMs: number;
    /** Called before every batch; throws if the backend must not be used any more. */
    readonly beforeTurn: () => void;
    readonly onLog: (line: string) => void;
    /** A connection has come or gone. */
    readonly onCountChanged: (count: number) => void;
    /** A connection without a session, which only kept the server running, has closed its side; the caller closes the other. */
    readonly onFarewell: (socket: Socket) => void;
    /** The backend is dead; every client has been sent the message of `describeDeath`. */
    readonly onDeath: (error: unknown) => void;
    /** The message for clients after the backend died. */
    readonly describeDeath: () => string;
}

const sync = makeMessage("S");
const flush = makeMessage("H");

/** CommandComplete of the statements that change the session's settings. */
const settingsChanged = ["SET", "RESET", "DISCARD ALL"].map((tag) => makeMessage("C", `${tag}\0`));

const cancelled = makeError("ERROR", "57014", "canceling statement due to user request", "");

/** Answers are passed on in pieces of about this size; PostgreSQL's own have 8 KiB. */
const pieceBytes = 256 * 1024;

/**
 * Lets many clients use PostgreSQL's one backend as if each had its own.
 *
 * A client's turn lasts from its first batch of messages until PostgreSQL is in no transaction; others wait, in order of
 * arrival. (pglite-socket changes clients between any two messages, so one client's Bind can meet another's Parse.)
 * When the turn passes to another client, the session is reset (DISCARD ALL) and that client's state is restored: its
 * startup settings, its SET commands, its named prepared statements. Temporary tables, session-level advisory locks,
 * SQL's own PREPARE, LISTEN and settings made by set_config() in a query end with the turn, as behind a transaction
 * pooler.
 */
export class Sessions {
    readonly #backend: Backend;
    readonly #options: SessionsOptions;
    readonly #clients = new Set<Client>();
    /** The client whose turn goes on: it is in a transaction, or between Flush and Sync. */
    #owner: Client | null = null;
    /** The client whose session state the backend has. */
    #current: Client | null = null;
    /** The named statements that the backend knows. */
    readonly #prepared = new Set<string>();
    #hasNewSettings = false;
    #isRunning = false;
    #arrivals = 0;
    #connections = 0;
    /** The client whose messages the backend is running. */
    #running: Client | null = null;
    #turnBeganAtMs = 0;
    #idleTimer: NodeJS.Timeout | undefined;

    constructor(backend: Backend, options: SessionsOptions) {
        this.#backend = backend;
        this.#options = options;
    }

    get count(): number {
        return this.#clients.size;
    }

    /** Adds a paused connection. It counts only once it has sent something: those that only test the socket send nothing. */
    add(socket: Socket): void {
        const client = new Client(socket, ++this.#connections);
        socket.setNoDelay(true);
        socket.on("error", () => undefined);
        socket.on("data", (chunk: Buffer) => {
            if (!this.#clients.has(client)) {
                this.#clients.add(client);
                this.#options.onCountChanged(this.count);
            }
            this.#receive(client, chunk);
        });
        const leave = (): void => {
            this.#leave(client);
        };
        socket.on("end", leave);
        socket.on("close", leave);
        socket.resume();
    }

    /**
     * Cancels a client's running or waiting statement; false if it has none. It only changes flags, because it may interrupt
     * any other code of this thread.
     */
    cancel(backendPid: number): boolean {
        if (this.#running?.backendPid === backendPid) {
            this.#backend.interrupt();
            return true;
        }
        for (const client of this.#clients) {
            if (client.backendPid === backendPid && client !== this.#owner && client.batches.length > 0) {
                client.isCancelled = true;
                // The client gets its error at once, even while it waits for another client's transaction.
                setImmediate(() => void this.#work());
                return true;
            }
        }
        return false;
    }

    /**
     * Cancels a client's running statement and drops its waiting ones, because its program is gone; false once the client is gone too.
     * Like `cancel`, it may interrupt any other code of this thread.
     */
    abandon(backendPid: number): boolean {
        for (const client of this.#clients) {
            if (client.backendPid === backendPid) {
                client.isAbandoned = true;
                if (client === this.#running) {
                    this.#backend.interrupt();
                }
                setImmediate(() => void this.#work());
                return true;
            }
        }
        return false;
    }

    /** The client whose turn it is, or null. May interrupt any other code of this thread. */
    turnOrNull(): Turn | null {
        const client = this.#running ?? this.#owner;
        return client === null
            ? null
            : {
                  backendPid: client.backendPid,
                  application: client.application,
                  heldMs: Math.round(performance.now() - this.#turnBeganAtMs),
                  isRunning: this.#running !== null,
              };
    }

    #leave(client: Client): void {
        client.isLeaving = true;
        if (client.hasSession) {
            void this.#work();
        } else if (this.#clients.delete(client)) {
            this.#options.onFarewell(client.socket);
            this.#options.onCountChanged(this.count);
        } else {
            client.socket.destroy();
        }
    }

    #receive(client: Client, chunk: Buffer): void {
        try {
            client.receive(chunk, this.#backend.makeGreeting(client.backendPid), () => ++this.#arrivals);
        } catch (error) {
            this.#options.onLog(`A client was cut off: ${String(error)}`);
            client.socket.destroy();
            return;
        }
        void this.#work();
    }

    async #work(): Promise<void> {
        if (this.#isRunning) {
            return;
        }
        this.#isRunning = true;
        try {
            for (let client = this.#nextOrNull(); client !== null; client = this.#nextOrNull()) {
                await this.#serve(client);
                // Between turns, answers are written and new messages read.
                await nextRound();
            }
            this.#watchIdleTransaction();
        } catch (error) {
            this.#die(error);
            return;
        }
        this.#isRunning = false;
    }

    /** The client to serve next; null if nobody waits, or if all wait for the owner's next messages. */
    #nextOrNull(): Client | null {
        // Refusing a batch needs no turn, nor does removing an abandoned client.
        for (const client of this.#clients) {
            if (client.isAbandoned ? client !== this.#owner : client.isCancelled && client.batches.length > 0) {
                return client;
            }
        }
        const candidates = this.#owner === null ? [...this.#clients] : [this.#owner];
        const ready = candidates.filter(
            (client) => client.batches.length > 0 || client.isLeaving || client.isAbandoned,
        );
        const arrival = (client: Client): number => client.batches[0]?.arrival ?? 0;
        return ready.sort((left, right) => arrival(left) - arrival(right))[0] ?? null;
    }

    async #serve(client: Client): Promise<void> {
        if (client === this.#owner) {
            clearTimeout(this.#idleTimer);
            this.#idleTimer = undefined;
        }
        const batch = client.isAbandoned ? undefined : client.batches.shift();
        if (batch !== undefined) {
            await this.#runBatch(client, batch.messages);
        } else {
            await this.#remove(client);
        }
    }

    async #remove(client: Client): Promise<void> {
        if (this.#owner === client) {
            // Sync ends messages that only a Flush has followed; the rollback then ends the transaction.
            await this.#ask(sync, makeQuery("rollback"));
            this.#owner = null;
        }
        this.#clients.delete(client);
        // Nothing more is read from an abandoned client.
        if (client.isAbandoned) {
            client.socket.destroy();
        } else {
            client.socket.end();
        }
        this.#options.onCountChanged(this.count);
    }

    async #runBatch(client: Client, batch: Batch): Promise<void> {
        const last = batch.at(-1) ?? sync;
        if (client.isSkipping) {
            if (typeOf(last) === "S") {
                client.isSkipping = false;
                client.send(readyIdle);
            }
            return;
        }
        if (client.isCancelled) {
            client.isCancelled = false;
            refuse(client, batch, cancelled);
            return;
        }
        this.#options.beforeTurn();
        if (this.#owner === null) {
            this.#turnBeganAtMs = performance.now();
        }
        await this.#switchTo(client);
        await this.#prepare(client, batch);
        const tail = await this.#stream(client, batch);
        this.#owner = tail.equals(readyIdle) ? null : client;
    }

    /** Runs a batch, passes its answer on, and returns the answer's last bytes, which tell whether a transaction is open. */
    async #stream(client: Client, batch: Batch): Promise<Buffer> {
        let pieces: Buffer[] = [];
        let size = 0;
        let tail: Buffer = Buffer.alloc(0);
        const isCopy = copyMessages.includes(typeOf(batch.at(-1) ?? sync));
        const pass = (): void => {
            const answer = isCopy ? withoutCopyResponse(Buffer.concat(pieces)) : Buffer.concat(pieces);
            pieces = [];
            size = 0;
            this.#hasNewSettings ||= settingsChanged.some((message) => answer.includes(message));
            tail = Buffer.concat([tail, answer.subarray(-readyIdle.length)]).subarray(-readyIdle.length);
            client.send(answer);
        };
        this.#running = client;
        await this.#backend.run(batch, (piece) => {
            pieces.push(piece);
            size += piece.length;
            if (size >= pieceBytes && !isCopy) {
                pass();
            }
        });
        this.#running = null;
        pass();
        return tail;
    }

    async #switchTo(client: Client): Promise<void> {
        if (this.#current === client) {
            return;
        }
        if (this.#hasNewSettings && this.#current !== null) {
            this.#current.settings = await this.#readSettings();
        }
        this.#hasNewSettings = false;
        this.#prepared.clear();
        this.#current = client;
        const answer = await this.#ask(makeQuery("discard all"), ...buildSettingsQueries(client.settings));
        const problem = /\0M([^\0]*)\0/.exec(answer.toString("utf8"))?.[1];
        if (problem !== undefined) {
            this.#options.onLog(`A client's settings could not be made: ${problem}`);
        }
    }

    async #readSettings(): Promise<ReadonlyMap<string, string>> {
        const answer = await this.#ask(
            makeQuery(
                "select name, pg_catalog.current_setting(name) from pg_catalog.pg_settings where source operator(pg_catalog.=) 'session'",
            ),
        );
        return new Map(parseRows(answer).map(([name, value]) => [name ?? "", value ?? ""]));
    }

    /** Prepares statements again that this client has prepared in an earlier turn and uses in this batch. */
    async #prepare(client: Client, batch: Batch): Promise<void> {
        for (const message of batch) {
            const name = statementNameOrNull(message);
            if (name === null) {
                continue;
            }
            const type = typeOf(message);
            if (type === "P") {
                client.statements.set(name, message);
                this.#prepared.add(name);
            } else if (type === "C") {
                client.statements.delete(name);
                this.#prepared.delete(name);
            } else if (!this.#prepared.has(name)) {
                const parse = client.statements.get(name);
                if (parse !== undefined) {
                    const answer = await this.#ask(parse, flush);
                    if (typeOf(answer) === "E") {
                        client.send(answer);
                    } else {
                        this.#prepared.add(name);
                    }
                }
            }
        }
    }

    /** Runs messages of our own and returns the answer. */
    async #ask(...messages: Buffer[]): Promise<Buffer> {
        const pieces: Buffer[] = [];
        await this.#backend.run(messages, (piece) => pieces.push(piece));
        return Buffer.concat(pieces);
    }

    #watchIdleTransaction(): void {
        const isWaitedFor = [...this.#clients].some((client) => client !== this.#owner && client.batches.length > 0);
        if (this.#owner !== null && isWaitedFor) {
            this.#idleTimer ??= setTimeout(() => {
                this.#idleTimer = undefined;
                this.#refuseWaiting();
            }, this.#options.idleTransactionMs);
        }
    }

    /** Sends the waiting clients an error. The idle transaction is not ended, because its work would be lost. */
    #refuseWaiting(): void {
        const seconds = Math.round(this.#options.idleTransactionMs / 1000);
        const error = makeError(
            "ERROR",
            "55P03",
            `another connection has kept a transaction open for ${seconds} s without using it`,
            "The embedded database runs one transaction at a time. End the other one, or the program that holds it, and try again.",
        );
        for (const client of this.#clients) {
            if (client === this.#owner) {
                continue;
            }
            for (const { messages } of client.batches.splice(0)) {
                refuse(client, messages, error);
            }
        }
        void this.#work();
    }

    #die(error: unknown): void {
        const message = error instanceof BackendDeath ? this.#options.describeDeath() : String(error);
        const hint = "What was committed is kept: the next start recovers the database.";
        for (const client of this.#clients) {
            if (client.hasSession) {
                client.send(makeError("FATAL", "57P02", message, hint));
            }
            client.socket.end();
        }
        this.#options.onDeath(error);
    }
}

/** Answers a batch with an error instead of running it. The client must not be in a transaction. */
function refuse(client: Client, batch: Batch, error: Buffer): void {
    const isFlush = typeOf(batch.at(-1) ?? sync) === "H";
    client.isSkipping ||= isFlush;
    client.send(isFlush ? error : Buffer.concat([error, readyIdle]));
}

/** Removes CopyInResponse, which a client's COPY FROM STDIN has been answered with before. */
function withoutCopyResponse(answer: Buffer): Buffer {
    const kept: Buffer[] = [];
    for (let start = 0; start < answer.length;) {
        const end = start + 1 + answer.readUInt32BE(start + 1);
        if (answer[start] !== 0x47) {
            kept.push(answer.subarray(start, end));
        }
        start = end;
    }
    return Buffer.concat(kept);
}

function buildSettingsQueries(settings: ReadonlyMap<string, string>): Buffer[] {
    if (settings.size === 0) {
        return [];
    }
    const calls = [...settings].map(([name, value]) => `pg_catalog.set_config(${quote(name)}, ${quote(value)}, false)`);
    return [makeQuery(`select ${calls.join(", ")}`)];
}

function quote(text: string): string {
    return `'${text.replaceAll("'", "''")}'`;
}
