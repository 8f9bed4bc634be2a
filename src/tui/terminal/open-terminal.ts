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

/** The terminal while the interface uses it. */
export interface Terminal {
    readonly size: Readable<TerminalSize>;
    readonly writer: FrameWriter;
    /** Sets the only listener. It first gets the events from before it was set. */
    readonly onInput: (listener: (event: InputEvent) => void) => void;
    /** Sends a sequence that is not part of a frame. */
    readonly send: (sequence: string) => void;
    /** Whether the terminal reports clicks and the wheel; kept when the terminal is given away and taken back. */
    readonly setMouse: (isOn: boolean) => void;
    /**
     * Gives the terminal back to the shell until the process is continued.
     *
     * @returns false, with the terminal taken back, when the system did not stop the process because no shell could continue it.
     */
    readonly suspend: () => Promise<boolean>;
    /**
     * Shows the normal screen while `use` runs. The lines that `use` writes stay in the shell's history; any key aborts its signal.
     */
    readonly lend: (use: (writeLine: (line: string) => void, signal: AbortSignal) => Promise<void>) => Promise<void>;
    /** Gives the terminal to another program, which reads keys and draws, until `use` ends. */
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

/** Long enough for a process that can be stopped to be stopped: the signal takes effect before `kill` returns. */
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
    // GNU screen has no alternate screen by default: the last frame would stay above the shell's prompt.
    sequences.eraseScreen,
    sequences.leaveAlternateScreen,
].join("");

/**
 * Takes the terminal: alternate screen, raw keys. It is restored on `close`, an uncaught error, a signal that ends through
 * `process.exit`, and for as long as Ctrl-Z stops the process.
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
    /** Another program uses the terminal. */
    let isHandedOver = false;
    // A function, because `isOpen` changes during an `await` and TypeScript would narrow it.
    const hasTerminal = (): boolean => isOpen;
    /** Aborts what runs on the normal screen (`lend`); null while nothing does. */
    let endLending: (() => void) | null = null;

    const emit = (events: readonly InputEvent[]): void => {
        for (const event of events) {
            if (event.kind === "mouse" && !isMouseOn) {
                // Meant for the program before this one, or sent before the mouse was turned off.
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
                // After long work the timer fires before the bytes that arrived meanwhile are read: read those first.
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
            // Synchronous, because the process may be about to end. It fails when the terminal is gone, which needs no restoring.
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
            // To all processes of the group, as the terminal would send it: the shell waits for npm, not for npm's child.
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
    /** Another process sent SIGTSTP: in raw mode Ctrl-Z itself sends no signal. */
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
            // The terminal stays in raw mode: any key ends the lending.
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
            // The program that has the terminal now stops us together with itself.
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
    // 0 means that the terminal does not know its size.
    return { columns: stdout.columns || 80, rows: stdout.rows || 24 };
}
