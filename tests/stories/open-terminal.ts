import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { spawn } from "@lydell/node-pty";
import { packageFolder } from "../../src/config/package-folder.js";
import { bytesOfKey, bytesOfMouse } from "./keys.js";
import { makeScreenTerminal } from "./screen-terminal.js";
import { readCell, readHistory, readScreen } from "./screen.js";
import { makeShell } from "./shell.js";
import type { Condition, StoryTerminal, TerminalEvent, TerminalOptions } from "./story-terminal.js";

const stardeck = [process.execPath, join(packageFolder, "dist/program/cli.js")];

interface Waiter {
    readonly isMet: () => boolean;
    readonly settle: (error?: Error) => void;
    readonly describe: string;
}

/** Starts a program, by default the built stardeck, in a pseudo-terminal. */
export async function openTerminal(options: TerminalOptions): Promise<StoryTerminal> {
    const { columns = 80, rows = 24, timeoutMs: usualTimeoutMs = 60_000 } = options;
    const args = options.arguments ?? [];
    const shell = makeShell([...(options.program ?? stardeck), ...args], options.hasJobControl ?? true);
    const [file = "", ...fileArguments] = shell.command;
    const screen = await makeScreenTerminal({
        columns,
        rows,
        background: options.background ?? null,
        firstLine: ["$", basename(options.program?.[0] ?? "stardeck"), ...args].join(" "),
    });
    const { terminal } = screen;

    const started = performance.now();
    const events: TerminalEvent[] = [];
    const record = (kind: TerminalEvent["kind"], text: string): void => {
        events.push({ kind, atMs: performance.now() - started, text });
    };
    const child = spawn(file, fileArguments, {
        name: "xterm-256color",
        cols: columns,
        rows,
        cwd: options.workingFolder,
        env: makeEnvironment(shell.folder, options.environment ?? {}),
    });
    const send = makeSender((text) => {
        if (exitCode === null) {
            record("input", text);
            child.write(text);
        }
    });

    const waiters = new Set<Waiter>();
    let exitCode: number | null = null;
    const look = (): void => {
        // Half a frame is nothing that a person sees.
        const isWhole = !terminal.modes.synchronizedOutputMode || exitCode !== null;
        for (const waiter of [...waiters].filter(({ isMet }) => isWhole && isMet())) {
            waiter.settle();
        }
    };
    child.onData((text) => {
        record("output", text);
        terminal.write(text, look);
    });
    // Answers of the terminal to what a program asks: cursor position, background colour, …
    terminal.onData((text) => {
        send(text);
    });
    const ended = new Promise<number>((resolve) => {
        child.onExit(({ exitCode: code, signal = 0 }) => {
            // What it sent last is still to be shown.
            terminal.write("", () => {
                exitCode = signal === 0 ? code : 128 + signal;
                look();
                for (const waiter of waiters) {
                    waiter.settle(
                        fail(`The program ended with ${exitCode} before the screen showed ${waiter.describe}`),
                    );
                }
                resolve(exitCode);
            });
        });
    });

    const draw = (): string => {
        const line = "─".repeat(terminal.cols);
        return [`┌${line}┐`, ...readScreen(terminal).map((row) => `│${row}`), `└${line}┘`].join("\n");
    };
    const fail = (message: string): Error => new Error(`${message}. The screen:\n${draw()}`);
    const waitFor = (condition: Condition, timeoutMs: number): Promise<void> => {
        const isMet = (): boolean => matches(condition, readScreen(terminal));
        return new Promise((resolve, reject) => {
            const describe = typeof condition === "function" ? "what it should" : JSON.stringify(String(condition));
            const settle = (error?: Error): void => {
                clearTimeout(timer);
                waiters.delete(waiter);
                if (error === undefined) {
                    resolve();
                } else {
                    reject(error);
                }
            };
            const waiter = { isMet, settle, describe };
            const timer = setTimeout(() => {
                settle(fail(`The screen did not show ${describe} within ${timeoutMs} ms`));
            }, timeoutMs);
            waiters.add(waiter);
            look();
            if (exitCode !== null) {
                settle(fail(`The program has ended with ${exitCode}, and the screen does not show ${describe}`));
            }
        });
    };
    const pid = (): number => {
        const found = shell.pidOrNull();
        if (found === null) {
            throw fail("The program has not started yet: wait for something that it shows");
        }
        return found;
    };

    return {
        get columns() {
            return terminal.cols;
        },
        get rows() {
            return terminal.rows;
        },
        press: (...keys) => {
            if (keys.slice(0, -1).includes("esc")) {
                throw new Error("A key right after Esc reads as one with Alt: wait for what Esc does, then press on.");
            }
            for (const key of keys) {
                send(bytesOfKey(key));
            }
        },
        type: send,
        paste: (text) => {
            const lines = text.replaceAll("\n", "\r");
            send(terminal.modes.bracketedPasteMode ? `\u001b[200~${lines}\u001b[201~` : lines);
        },
        mouse: (action, row, column) => {
            if (terminal.modes.mouseTrackingMode === "none") {
                throw fail("The program has not asked for the mouse");
            }
            send(bytesOfMouse(action, row, column));
        },
        resize: (newColumns, newRows) => {
            record("resize", `${newColumns}x${newRows}`);
            terminal.resize(newColumns, newRows);
            child.resize(newColumns, newRows);
        },
        waitFor: (condition, { timeoutMs = usualTimeoutMs } = {}) => waitFor(condition, timeoutMs),
        screen: () => readScreen(terminal),
        history: () => readHistory(terminal),
        cell: (row, column) => readCell(terminal, row, column),
        cursor: () => {
            const { cursorX, cursorY } = terminal.buffer.active;
            return screen.modes().isCursorVisible ? { row: cursorY, column: cursorX } : null;
        },
        modes: () => ({ ...screen.modes(), isLineInput: shell.isTerminalRestored() }),
        bytes: () => events.map(({ kind, text }) => (kind === "output" ? text : "")).join(""),
        events: () => events,
        pid,
        signal: (name) => {
            process.kill(pid(), name);
        },
        hangUp: async () => {
            const program = pid();
            child.kill("SIGHUP");
            await waitForEnd(program, usualTimeoutMs);
        },
        exit: () => orTimeOut(ended, usualTimeoutMs, () => fail(`The program did not end within ${usualTimeoutMs} ms`)),
        close: async () => {
            const program = shell.pidOrNull();
            if (exitCode === null && program !== null && isRunning(program)) {
                process.kill(program, "SIGKILL");
            }
            if (exitCode === null) {
                child.kill("SIGKILL");
            }
            await ended;
            terminal.dispose();
            shell.remove();
        },
    };
}

function matches(condition: Condition, screen: readonly string[]): boolean {
    if (typeof condition === "function") {
        return condition(screen);
    }
    return typeof condition === "string"
        ? screen.some((row) => row.includes(condition))
        : condition.test(screen.join("\n"));
}

/**
 * Sends text in its order, a long one in pieces: a write into a full terminal blocks this process, and the program may
 * need its output read before it goes on reading.
 */
function makeSender(write: (piece: string) => void): (text: string) => void {
    let rest: string[] = [];
    const sendNext = (): void => {
        const [piece] = rest;
        if (piece !== undefined) {
            write(piece);
            rest = rest.slice(1);
            setImmediate(sendNext);
        }
    };
    return (text) => {
        const isIdle = rest.length === 0;
        rest = [...rest, ...(text.match(/[^]{1,1024}/gu) ?? [])];
        if (isIdle) {
            sendNext();
        }
    };
}

/** What a terminal's shell would hand over; nothing of the process that runs the stories, such as CI, NO_COLOR or PGHOST. */
function makeEnvironment(
    home: string,
    added: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
    const { PATH, TMPDIR } = process.env;
    const all = { PATH, TMPDIR, HOME: home, LANG: "C.UTF-8", TZ: "UTC", COLORTERM: "truecolor", ...added };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

async function orTimeOut<T>(promise: Promise<T>, timeoutMs: number, makeError: () => Error): Promise<T> {
    const isOver = new AbortController();
    const timeOut = pause(timeoutMs, undefined, { signal: isOver.signal }).then(() => {
        throw makeError();
    });
    try {
        return await Promise.race([promise, timeOut]);
    } finally {
        isOver.abort();
        timeOut.catch(() => undefined);
    }
}

/** Resolves when the process is gone. It is no child of ours, so there is nothing but to look again and again. */
async function waitForEnd(pid: number, timeoutMs: number): Promise<void> {
    const until = performance.now() + timeoutMs;
    while (isRunning(pid)) {
        if (performance.now() > until) {
            throw new Error(`The program still runs ${timeoutMs} ms after its terminal went away.`);
        }
        await pause(10);
    }
}

function isRunning(pid: number): boolean {
    try {
        return process.kill(pid, 0);
    } catch {
        return false;
    }
}
