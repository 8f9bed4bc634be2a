import type { PGlite } from "@electric-sql/pglite";
import { copyMessages } from "./client.js";
import { makeMessage, makeStartup, typeOf } from "./messages.js";

/** PGlite leaves PostgreSQL's main loop with this status after every error that a statement may have. */
const errorLongJump = 100;

/** A greeting ends with BackendKeyData (13 bytes, the process id after the first 5) and ReadyForQuery (6 bytes). */
const keyAndReadyBytes = 13 + 6;

/** Addresses of PostgreSQL's variables, which PGlite exports and does not declare. */
interface InterruptFlags {
    readonly _InterruptPending: number;
    readonly _QueryCancelPending: number;
}

/** Ends a COPY FROM STDIN that no data follow. In any other place PostgreSQL ignores it. */
const endOfCopy = makeMessage(
    "f",
    "the embedded database takes a COPY FROM STDIN as text, and as the first statement of a simple query\0",
);

/** PostgreSQL's one backend process: takes messages of the protocol and answers them, blocking the thread meanwhile. */
export interface Backend {
    /** What a client hears when it connects: authentication, settings, key with this process id, ready. */
    makeGreeting(backendPid: number): Buffer;
    /**
     * Runs messages up to the last one; `onAnswer` gets the answer in pieces that it may keep.
     *
     * @throws BackendDeath
     */
    run(messages: readonly Buffer[], onAnswer: (piece: Buffer) => void): Promise<void>;
    /** Makes the running statement fail with 57014 soon. To be called while `run` blocks the thread, see cancel-listener. */
    interrupt(): void;
}

/** PostgreSQL has stopped (a PANIC, FATAL or a WebAssembly trap): its memory is not to be used or saved any more. */
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
                // PGlite would swallow it and go on with a backend that is no longer sound.
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
        // An interrupt that came as the statement before ended must not hit this one.
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
    // Clients get a copy of this answer: what they send in their startup message never reaches the backend, which a
    // bad one would end.
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
 * A COPY FROM STDIN reads the messages that follow it; where it finds none (the client waits for its turn to send) it takes that for the
 * end of the connection, which ends the backend. With this message behind it, it fails as any statement may.
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
