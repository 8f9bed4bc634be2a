import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { Readable } from "node:stream";
import { join } from "node:path";

const programFile = join(import.meta.dirname, "..", "program", "cli.js");
const usageReporter = join(import.meta.dirname, "report-usage.js");

export interface ProgramRun {
    /** Duration of the whole process, from before its start to after its end. */
    readonly durationMs: number;
    /** Peak memory in MiB; null if not reported. */
    readonly peakMemoryMiB: number | null;
    /** Processor time without child processes; null if not reported. */
    readonly cpuMs: number | null;
    readonly output: string;
}

/**
 * Runs stardeck as a user does, in its own process.
 *
 * @throws Error with its output if it does not exit with 0.
 */
export async function runStardeck(
    args: readonly string[],
    { workingFolder = process.cwd() }: { readonly workingFolder?: string } = {},
): Promise<ProgramRun> {
    const environment = Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !/^(PG|DATABASE_URL|STARDECK_)/.test(name)),
    );
    return runProgram(process.execPath, ["--import", usageReporter, programFile, ...args], "", {
        cwd: workingFolder,
        env: environment,
    });
}

/** Runs SQL by psql in one session that stops at the first error. */
export function runPsql(url: string, sql: string): Promise<ProgramRun> {
    const flags = ["--no-psqlrc", "--quiet", "--tuples-only", "--set=ON_ERROR_STOP=1", `--dbname=${url}`];
    return runProgram("psql", flags, sql, {});
}

async function runProgram(
    file: string,
    args: readonly string[],
    input: string,
    options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv },
): Promise<ProgramRun> {
    const started = performance.now();
    const child = spawn(file, args, { ...options, stdio: ["pipe", "pipe", "pipe", "pipe"] });
    const [, , , usagePipe] = child.stdio;
    const all = Promise.all([once(child, "exit"), text(child.stdout), text(child.stderr), text(usagePipe as Readable)]);
    child.stdin.end(input);
    const [[exitCode], output, talk, usage] = (await all) as [[number | null], string, string, string];
    const durationMs = performance.now() - started;
    if (exitCode !== 0) {
        throw new Error(`${[file, ...args].join(" ")} ended with ${String(exitCode)}:\n${talk.slice(-4000)}`);
    }
    const [peakMemoryKiB, cpuMs] = usage === "" ? [] : usage.split(" ").map(Number);
    return {
        durationMs,
        peakMemoryMiB: peakMemoryKiB === undefined ? null : peakMemoryKiB / 1024,
        cpuMs: cpuMs ?? null,
        output,
    };
}
