import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";

export const program = join(import.meta.dirname, "../../dist/src/cli.js");

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
    let talk = "";
    child.stderr.setEncoding("utf8").on("data", (part: string) => {
        talk += part;
    });
    const stdout = text(child.stdout);
    return {
        kill: (signal) => {
            child.kill(signal);
        },
        waitForTalk: async (pattern) => {
            while (!pattern.test(talk)) {
                await once(child.stderr, "data");
            }
            return talk;
        },
        finished: once(child, "close").then(async ([exitCode]) => ({
            exitCode: exitCode as number | null,
            stdout: await stdout,
            stderr: talk,
        })),
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
