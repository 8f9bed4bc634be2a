import type { EventEmitter } from "node:events";
import { exitCodes } from "./exit-code.js";

/** How a command learns that it should stop. */
export interface Interrupts {
    /** Aborted by the first Ctrl-C, SIGTERM or SIGHUP, and when nobody reads the output any more. */
    readonly signal: AbortSignal;
    /** True when the reader of the output went away, as `| head` does: no fault, and nothing left to say. */
    readonly hasLostReader: () => boolean;
    /** From now on an interrupt ends the process at once. */
    endAtOnce(): void;
}

interface Process {
    on(event: "SIGINT" | "SIGTERM" | "SIGHUP", listener: () => void): unknown;
    exit(code: number): never;
}

/** Turns signals into an AbortSignal; a second Ctrl-C or SIGTERM ends the process at once. */
export function listenForInterrupts(process: Process, streams: readonly EventEmitter[]): Interrupts {
    const controller = new AbortController();
    let endsAtOnce = false;
    let hasLostReader = false;
    const exitCode = (): number => (hasLostReader ? exitCodes.done : exitCodes.interrupted);
    const interrupt = (): void => {
        if (endsAtOnce || controller.signal.aborted) {
            process.exit(exitCode());
        }
        controller.abort();
    };
    // A terminal that is cut shows itself several times, by a signal and by each write: nobody has asked twice.
    const lose = (): void => {
        if (endsAtOnce) {
            process.exit(exitCode());
        }
        controller.abort();
    };
    process.on("SIGINT", interrupt);
    process.on("SIGTERM", interrupt);
    process.on("SIGHUP", lose);
    for (const stream of streams) {
        stream.on("error", () => {
            if (!hasLostReader) {
                hasLostReader = true;
                lose();
            }
        });
    }
    return {
        signal: controller.signal,
        hasLostReader: () => hasLostReader,
        endAtOnce: () => {
            endsAtOnce = true;
            if (controller.signal.aborted) {
                interrupt();
            }
        },
    };
}
