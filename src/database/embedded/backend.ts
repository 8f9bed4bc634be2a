import type { PGlite } from "@electric-sql/pglite";
import { copyMessages } from "./client.js";
import { makeMessage, makeStartup, typeOf } from "./messages.js";

/** PGlite leaves PostgreSQL's main loop with this status after every ordinary error of a statement. */
const errorLongJump = 100;

/** A greeting ends with BackendKeyData (13 bytes, the process id after the first 5) and ReadyForQuery (6 bytes). */
const keyAndReadyBytes = 13 + 6;

/** Addresses of PostgreSQL's variables, which PGlite exports and does not declare. */
interface InterruptFlags {
    readonly _InterruptPending: number;
    readonly _QueryCancelPending: number;
}

/** A CopyFail message: ends a COPY FROM STDIN without data. PostgreSQL ignores it in any other place. */
const endOfCopy = makeMessage(
    "f",
    "the embedded database takes a COPY FROM STDIN as text, and as the first statement of a simple query\0",
);

/** PostgreSQL's one backend: it answers messages of the protocol, and blocks the thread meanwhile. */
export interface Backend {
    /** The answer to a client's startup message: authentication, settings, key with this process id, ready. */
    makeGreeting(backendPid: number): Buffer;
    /**
     * Runs messages up to the last one; `onAnswer` gets the answer in pieces that it may keep.
     *
     * @throws BackendDeath
     */
    run(messages: readonly Buffer[], onAnswer: (piece: Buffer) => void): Promise<void>;
    /** Makes the running statement fail with 57014 soon. Called while `run` blocks the thread, see cancel-listener. */
    interrupt(): void;
}

/** PostgreSQL has stopped (a PANIC, FATAL or a WebAssembly trap): its memory must not be used or saved any more. */
export class BackendDeath extends Error {}

export async function makeBackend(database: PGlite): Promise<Backend> {
    const module = database.Module;
    const flags = module as unknown as InterruptFlags;
    const runLoop = module._PostgresMainLoopOnce;
    let death: BackendDeath | null = null;
    const setFlag = (address: number, value: 0 | 1): void => {
        new Int32Array((module.HEAPU8 as Uint8Array).buffer)[address >> 2] = value;
    };
    module._PostgresMainLoopOnce = () => {
        try {
            runLoop();
        } catch (error) {
            if (!isErrorLongJump(error)) {
                // PGlite would ignore it and go on with a broken backend.
                death ??= new BackendDeath("PostgreSQL has stopped", { cause: error });
            }
            throw error;
        }
    };

    async function run(messages: readonly Buffer[], onAnswer: (piece: Buffer) => void): Promise<void> {
        // The answer is in WebAssembly's memory, which the next piece overwrites: hence copies.
        const options = {
            syncToFs: false,
            onRawData: (piece: Uint8Array) => {
                onAnswer(Buffer.from(piece));
            },
        };
        // An interrupt that came just as the previous statement ended must not hit this one.
        setFlag(flags._QueryCancelPending, 0);
        try {
            await database.execProtocolRawStream(Buffer.concat(guardCopy(messages)), options);
        } catch (error) {
            death ??= new BackendDeath("PostgreSQL has stopped", { cause: error });
        }
        if (death !== null) {
            throw death;
        }
    }

    function interrupt(): void {
        setFlag(flags._QueryCancelPending, 1);
        setFlag(flags._InterruptPending, 1);
    }

    const greeting: Buffer[] = [];
    // Clients get a copy of this answer. Their startup messages never reach the backend, because a bad one would end it.
    await run([makeStartup({ user: "postgres", database: "postgres" })], (piece) => greeting.push(piece));
    const template = Buffer.concat(greeting);
    const makeGreeting = (backendPid: number): Buffer => {
        const copy = Buffer.from(template);
        copy.writeUInt32BE(backendPid, copy.length - keyAndReadyBytes + 5);
        return copy;
    };
    return { makeGreeting, run, interrupt };
}

/**
 * A COPY FROM STDIN reads the messages after it. Without any (the client waits before it sends data), it would treat this as the end of
 * the connection, which ends the backend. With `endOfCopy` after it, it fails like any other statement.
 */
function guardCopy(messages: readonly Buffer[]): readonly Buffer[] {
    return messages.flatMap((message, place) => {
        const next = messages[place + 1];
        const hasData = next !== undefined && copyMessages.includes(typeOf(next));
        return ["Q", "E", "c"].includes(typeOf(message)) && !hasData ? [message, endOfCopy] : [message];
    });
}

function isErrorLongJump(error: unknown): boolean {
    return typeof error === "object" && error !== null && "status" in error && error.status === errorLongJump;
}
