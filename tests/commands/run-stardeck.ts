import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Readable } from "node:stream";
import { runCommandLine } from "../../src/commands/command-line.js";
import type { ProcessStream } from "../../src/commands/output-stream.js";

export const program = join(import.meta.dirname, "../../dist/program/cli.js");

export interface FinishedProcess {
    readonly exitCode: number | null;
    readonly stdout: string;
    readonly stderr: string;
}

export interface StartedProcess {
    /** Sends a signal. */
    kill(signal: NodeJS.Signals): void;
    /** Resolves with what stderr holds so far once that matches. */
    waitForTalk(pattern: RegExp): Promise<string>;
    /** The same of stdout. */
    waitForOutput(pattern: RegExp): Promise<string>;
    readonly finished: Promise<FinishedProcess>;
}

/** Where a command finds its database; a test database is one. */
export interface Place {
    readonly workingFolder: string;
    readonly flags: readonly string[];
}

/** Starts the built program without a terminal. */
export function startStardeck(
    place: Place,
    args: readonly string[],
    environment: NodeJS.ProcessEnv = {},
): StartedProcess {
    const child = spawn(process.execPath, [program, ...args, ...place.flags], {
        cwd: place.workingFolder,
        env: { ...process.env, ...environment },
        stdio: ["ignore", "pipe", "pipe"],
    });
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    return {
        kill: (signal) => {
            child.kill(signal);
        },
        waitForTalk: stderr.waitFor,
        waitForOutput: stdout.waitFor,
        finished: once(child, "close").then(([exitCode]) => ({
            exitCode: exitCode as number | null,
            stdout: stdout.get(),
            stderr: stderr.get(),
        })),
    };
}

interface CollectedText {
    readonly get: () => string;
    readonly waitFor: (pattern: RegExp) => Promise<string>;
}

function collect(stream: Readable): CollectedText {
    let text = "";
    stream.setEncoding("utf8").on("data", (part: string) => {
        text += part;
    });
    return {
        get: () => text,
        waitFor: async (pattern) => {
            while (!pattern.test(text)) {
                await once(stream, "data");
            }
            return text;
        },
    };
}

/**
 * Runs a command line to its end in this process, from the sources: a tenth of the cost of a process of its own, which only tests about
 * processes, signals and the program's start need (`startStardeck`).
 *
 * @param streams where something else than a pipe is written to; the text of these is not collected
 */
export async function runStardeck(
    place: Place,
    args: readonly string[],
    environment: NodeJS.ProcessEnv = {},
    streams: Partial<Record<"stdout" | "stderr", ProcessStream>> = {},
): Promise<FinishedProcess> {
    const stdout = openTextStream();
    const stderr = openTextStream();
    const exitCode = await runCommandLine([...args, ...place.flags], {
        environment: { ...process.env, ...environment },
        workingFolder: place.workingFolder,
        stdin: Readable.from([]),
        stdout: streams.stdout ?? stdout,
        stderr: streams.stderr ?? stderr,
        interrupts: { signal: new AbortController().signal, endAtOnce: () => undefined },
        openInterface: null,
        ask: null,
    });
    return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

/** Takes what is written to a pipe whose reader reads everything. */
function openTextStream(): ProcessStream & { readonly text: () => string } {
    let written = "";
    return {
        isTTY: false,
        columns: undefined,
        rows: undefined,
        write: (text) => {
            written += text;
            return Promise.resolve();
        },
        lostSignal: new AbortController().signal,
        lost: () => null,
        flush: () => Promise.resolve(),
        text: () => written,
    };
}

/** The words of a command line as a shell splits them, without the program's name, a redirection and a comment. */
export function splitWords(line: string): string[] {
    const words = Array.from(line.matchAll(/"([^"]*)"|(#|>).*|([^\s"]+)/g), ([, quoted, end, bare]) =>
        end === undefined ? [quoted ?? bare ?? ""] : [],
    );
    return words.flat().slice(1);
}

/** The objects of `--json` output, one a line. */
export function parseJsonLines(stdout: string): readonly Readonly<Record<string, unknown>>[] {
    return stdout
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Record<string, unknown>);
}
