import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";

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

/** Runs the built program to its end. */
export function runStardeck(
    place: Place,
    args: readonly string[],
    environment: NodeJS.ProcessEnv = {},
): Promise<FinishedProcess> {
    return startStardeck(place, args, environment).finished;
}

/** The objects of `--json` output, one a line. */
export function parseJsonLines(stdout: string): readonly Readonly<Record<string, unknown>>[] {
    return stdout
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Record<string, unknown>);
}
