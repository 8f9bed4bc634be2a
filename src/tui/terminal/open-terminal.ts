import type { ReadStream, WriteStream } from "node:tty";
import { writeSync } from "node:fs";
import { setImmediate as untilSignalsAreRead, setTimeout as pause } from "node:timers/promises";
import { makeStore, type Readable } from "./store.js";
import { makeFrameWriter, type FrameWriter } from "./frame-writer.js";
import { makeInputParser, type InputEvent } from "./parse-input.js";
import { sequences } from "./sequences.js";

export interface TerminalSize {
    readonly columns: number;
    readonly rows: number;
}

/** The terminal while the interface has it. */
export interface Terminal {
    readonly size: Readable<TerminalSize>;
    readonly writer: FrameWriter;
    /** Called for everything a person does, also for what they did before; one listener. */
    readonly onInput: (listener: (event: InputEvent) => void) => void;
    /** Sends a sequence that is not part of a frame. */
    readonly send: (sequence: string) => void;
    /** Has clicks and the wheel reported or not, also after the terminal was away. */
    readonly setMouse: (isOn: boolean) => void;
    /**
     * Gives the terminal back to the shell until the process is continued.
     *
     * @returns false, with the terminal taken again, where the system stops nothing as no shell could continue it.
     */
    readonly suspend: () => Promise<boolean>;
    /**
     * Shows the normal screen while `use` runs, which writes lines there; they stay in the shell's history.
     * Any key aborts the signal.
     */
    readonly lend: (use: (writeLine: (line: string) => void, signal: AbortSignal) => Promise<void>) => Promise<void>;
    /** Gives the terminal to another program, which reads its keys and draws, until `use` has ended. */
    readonly handOver: <T>(use: () => Promise<T>) => Promise<T>;
    /** Gives the terminal back for good. Safe to call twice. */
    readonly close: () => void;
}

/** The process around the terminal. */
export interface TerminalProcess {
    readonly stdin: ReadStream;
    readonly stdout: WriteStream & { readonly fd: number };
    on(event: "exit" | "SIGCONT" | "SIGTSTP", listener: () => void): unknown;
    off(event: "exit" | "SIGCONT" | "SIGTSTP", listener: () => void): unknown;
    readonly kill: (pid: number, signal: "SIGTSTP") => unknown;
}

/** By then a process that can be stopped has been: the signal works before `kill` returns. */
const stopPatienceMs = 50;

const entering = [
    sequences.enterAlternateScreen,
    sequences.hideCursor,
    sequences.wrapOff,
    sequences.pasteOn,
    sequences.askBackground,
].join("");

const leaving = [
    sequences.endFrame,
    sequences.resetStyle,
    sequences.mouseOff,
    sequences.pasteOff,
    sequences.wrapOn,
    sequences.showCursor,
    // GNU screen has no alternate screen unless it is told to: the last frame would stay above the shell's prompt.
    sequences.eraseScreen,
    sequences.leaveAlternateScreen,
].join("");

/**
 * Takes the terminal: alternate screen, raw keys. Whatever ends the process, it is given back as it was:
 * `close`, an uncaught error, a signal that ends through `process.exit`, Ctrl-Z and back.
 */
export function openTerminal(process: TerminalProcess, options: { readonly isAscii: boolean }): Terminal {
    const { stdin, stdout } = process;
    const size = makeStore<TerminalSize>(readSize(stdout));
    const writer = makeFrameWriter(stdout, size.get().columns, size.get().rows, options);
    const parser = makeInputParser();
    const early: InputEvent[] = [];
    let listener = (event: InputEvent): void => {
        early.push(event);
    };
    let patience: NodeJS.Timeout | undefined;
    let lastLook: NodeJS.Immediate | undefined;
    let isOpen = false;
    let isClosed = false;
    let isMouseOn = false;
    /** Another program has it. */
    let isHandedOver = false;
    // A function, as it changes while something is awaited.
    const hasTerminal = (): boolean => isOpen;
    /** Ends the time for which the normal screen is lent; null while it is not. */
    let endLending: (() => void) | null = null;

    const emit = (events: readonly InputEvent[]): void => {
        for (const event of events) {
            if (event.kind === "mouse" && !isMouseOn) {
                // Reported to a program before this one, or on its way when it was turned off.
                continue;
            }
            if (endLending === null) {
                listener(event);
            } else if (event.kind === "key") {
                endLending();
            }
        }
    };
    const read = (chunk: Buffer): void => {
        stopWaiting();
        emit(parser.push(chunk));
        waitForRest();
    };
    const waitForRest = (): void => {
        const patienceMs = parser.patienceMs();
        if (patienceMs !== null) {
            patience = setTimeout(() => {
                // After a long piece of work the time is over before what arrived meanwhile is read: that comes first.
                lastLook = setImmediate(() => {
                    emit(parser.flush());
                    waitForRest();
                });
            }, patienceMs);
        }
    };
    const stopWaiting = (): void => {
        clearTimeout(patience);
        clearImmediate(lastLook);
    };
    const resize = (): void => {
        const next = readSize(stdout);
        writer.setSize(next.columns, next.rows);
        size.set(next);
    };
    const enter = (): void => {
        isOpen = true;
        stdin.setRawMode(true);
        stdout.write(entering + (isMouseOn ? sequences.mouseOn : ""));
    };
    const leave = (): void => {
        if (!isOpen) {
            return;
        }
        isOpen = false;
        writer.setPaused(true);
        endLending?.();
        try {
            // At once, as the process may be about to end; a terminal that is gone needs nothing any more.
            writeSync(stdout.fd, leaving);
            stdin.setRawMode(false);
        } catch {
            return;
        }
    };
    const wake = (): void => {
        if (!isOpen && !isClosed && !isHandedOver) {
            enter();
            resize();
            writer.setPaused(false);
        }
    };
    const ignore = (): void => undefined;
    const suspend = async (): Promise<boolean> => {
        if (!isOpen) {
            return true;
        }
        leave();
        process.off("SIGTSTP", stop);
        try {
            // To all processes of the group, as the terminal would send it: a shell waits for npm, not for what npm runs.
            process.kill(0, "SIGTSTP");
            // The system ignores the signal where no shell of the session could continue the group: after `exec`, under
            // `ssh -t` and `docker run -it`. A process that was stopped gets here after the shell has continued it.
            await pause(stopPatienceMs);
            await untilSignalsAreRead();
            return hasTerminal();
        } catch {
            return false;
        } finally {
            if (!isClosed) {
                process.on("SIGTSTP", stop);
            }
            wake();
        }
    };
    /** Somebody else sends the signal that Ctrl-Z sends where the terminal is not read key by key. */
    const stop = (): void => {
        void suspend();
    };

    stdin.on("data", read);
    stdin.on("error", ignore);
    stdout.on("resize", resize);
    stdout.on("error", ignore);
    process.on("exit", leave);
    process.on("SIGCONT", wake);
    process.on("SIGTSTP", stop);
    enter();
    stdin.resume();

    return {
        size,
        writer,
        onInput: (next) => {
            listener = next;
            emit(early.splice(0));
        },
        send: (sequence) => {
            if (isOpen) {
                stdout.write(sequence);
            }
        },
        setMouse: (isOn) => {
            isMouseOn = isOn;
            if (isOpen && endLending === null) {
                stdout.write(isOn ? sequences.mouseOn : sequences.mouseOff);
            }
        },
        lend: async (use) => {
            if (!isOpen || endLending !== null) {
                return;
            }
            const controller = new AbortController();
            endLending = () => {
                controller.abort();
            };
            writer.setPaused(true);
            // Keys are still read one by one, but what they do is to come back.
            stdout.write(leaving);
            try {
                await use((line) => {
                    if (hasTerminal()) {
                        stdout.write(`${line}\n`);
                    }
                }, controller.signal);
            } finally {
                endLending = null;
                if (hasTerminal()) {
                    stdout.write(entering + (isMouseOn ? sequences.mouseOn : ""));
                    resize();
                    writer.setPaused(false);
                }
            }
        },
        handOver: async (use) => {
            isHandedOver = true;
            stopWaiting();
            stdin.pause();
            leave();
            // What has the terminal now stops us with itself.
            process.off("SIGTSTP", stop);
            try {
                return await use();
            } finally {
                isHandedOver = false;
                if (!isClosed) {
                    process.on("SIGTSTP", stop);
                }
                wake();
                stdin.resume();
            }
        },
        suspend,
        close: () => {
            leave();
            isClosed = true;
            stopWaiting();
            stdin.off("data", read);
            stdin.pause();
            stdout.off("resize", resize);
            process.off("exit", leave);
            process.off("SIGCONT", wake);
            process.off("SIGTSTP", stop);
        },
    };
}

function readSize(stdout: WriteStream): TerminalSize {
    // A terminal that does not tell its size says 0.
    return { columns: stdout.columns || 80, rows: stdout.rows || 24 };
}
