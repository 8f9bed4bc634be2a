import { exitCodes } from "./exit-code.js";

/** Tells a command that it should stop. */
export interface Interrupts {
    /** Aborted by the first Ctrl-C, SIGTERM or SIGHUP. */
    readonly signal: AbortSignal;
    /** From now on an interrupt ends the process at once. */
    endAtOnce(): void;
}

interface Process {
    on(event: "SIGINT" | "SIGTERM" | "SIGHUP", listener: () => void): unknown;
    exit(code: number): never;
}

/** Turns signals into an AbortSignal; a second Ctrl-C or SIGTERM ends the process at once. */
export function listenForInterrupts(process: Process): Interrupts {
    const controller = new AbortController();
    let endsAtOnce = false;
    const interrupt = (): void => {
        if (endsAtOnce || controller.signal.aborted) {
            process.exit(exitCodes.interrupted);
        }
        controller.abort();
    };
    process.on("SIGINT", interrupt);
    process.on("SIGTERM", interrupt);
    process.on("SIGHUP", () => {
        // A terminal that disconnects may send it several times, so a second one does not count as a second request.
        if (endsAtOnce || !controller.signal.aborted) {
            interrupt();
        }
    });
    return {
        signal: controller.signal,
        endAtOnce: () => {
            endsAtOnce = true;
            if (controller.signal.aborted) {
                interrupt();
            }
        },
    };
}
