import { setTimeout as pause } from "node:timers/promises";
import type { Readable } from "node:stream";
import { StardeckError } from "../config/errors.js";
import type { Environment } from "../config/environment.js";
import { catalogue, mainJob } from "./catalogue.js";
import type { Ask, Command, FlagDescriptions, FlagValues, OpenInterface } from "./command.js";
import { exitCodeOf, exitCodes, type ExitCode } from "./exit-code.js";
import { formatCommandHelp, formatGeneralHelp } from "./help.js";
import type { Interrupts } from "./interrupts.js";
import { makeOutput, wantsColor, type Output } from "./output.js";
import type { ProcessStream } from "./output-stream.js";
import { mainFlags, opensInterface } from "./main-flags.js";
import { flagName, parseArguments, splitCommand, type ParsedArguments } from "./parse-arguments.js";
import { formatQuantity } from "../text/format-values.js";
import { didYouMean } from "../text/nearest-name.js";
import { findSecrets, makeRedact } from "./redact.js";
import { packageVersion } from "./version.js";

/** The process around a command line. */
export interface Surroundings {
    readonly environment: Environment;
    readonly workingFolder: string;
    readonly stdin: Readable & { readonly isTTY?: boolean };
    readonly stdout: ProcessStream;
    readonly stderr: ProcessStream;
    readonly interrupts: Interrupts;
    /** Null without a terminal. */
    readonly openInterface: OpenInterface | null;
    /** Null if there is no terminal to ask on. */
    readonly ask: Ask | null;
}

/** Runs one command line from its arguments to its exit code. Never rejects: errors are printed. */
export async function runCommandLine(argv: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
    const { stdout, stderr, interrupts } = surroundings;
    stdout.lostSignal.addEventListener("abort", () => {
        const lost = stdout.lost();
        if (lost?.isReaderGone === false) {
            void stderr.write(
                `${lost.reason}: the output is cut off after ${formatQuantity(lost.writtenBytes, "byte")}.\n`,
            );
        }
    });
    const exitCode = await runToEnd(argv, surroundings);
    const written = Promise.all([stdout.flush(), stderr.flush()]);
    // After an interrupt, do not wait for a slow reader.
    await (interrupts.signal.aborted ? Promise.race([written, pause(flushAfterInterruptMs)]) : written);
    return withLostOutput(exitCode, surroundings);
}

const flushAfterInterruptMs = 500;

/** The command's exit code, unless part of its output is missing. */
function withLostOutput(exitCode: ExitCode, { stdout, stderr, interrupts }: Surroundings): ExitCode {
    const results = stdout.lost();
    // A reading command is stopped when its output is lost; that is not an interrupt by the user.
    const wasStopped = exitCode === exitCodes.interrupted && results !== null && !interrupts.signal.aborted;
    const ended = wasStopped ? exitCodes.done : exitCode;
    const isCut = [results, stderr.lost()].some((lost) => lost?.isReaderGone === false);
    return ended === exitCodes.done && isCut ? exitCodes.outputLost : ended;
}

async function runToEnd(argv: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
    const { environment, stdin, stdout, stderr, interrupts } = surroundings;
    // Used for errors in the command line itself, before flags and settings are parsed.
    let isJson = argv.includes("--json");
    let isVerbose = argv.includes("--verbose");
    // A reading command has nothing left to do once its output is lost.
    const readingSignal = AbortSignal.any([interrupts.signal, stdout.lostSignal]);
    let signal = readingSignal;
    const secrets = [...findSecrets(argv, environment)];
    const openOutput = (colorFlag: unknown): Output =>
        makeOutput({
            stdout,
            stderr,
            isJson,
            useColor: wantsColor(colorFlag, environment.NO_COLOR),
            redact: makeRedact(secrets),
            signal: interrupts.signal,
        });
    let output = openOutput(!argv.includes("--no-color"));
    try {
        const { name, rest } = splitCommand(argv);
        if (name === null && asksFor("--version", rest)) {
            parseArguments(rest, mainFlags, [], "");
            output.line(packageVersion());
            return exitCodes.done;
        }
        if (name === null && asksFor("--help", rest)) {
            parseArguments(rest, mainFlags, [], "");
            printLines(formatGeneralHelp(), output);
            return exitCodes.done;
        }
        const command = await loadCommand(name);
        if (asksFor("--help", rest)) {
            printLines(formatCommandHelp(command), output);
            return exitCodes.done;
        }
        const parsed = parseArguments(rest, command.flags, command.arguments, command.name);
        isJson = parsed.flags.json === true;
        isVerbose = parsed.flags.verbose === true;
        const { parseSettings } = await import("../config/settings.js");
        const settings = parseSettings(parsed.flags, environment, surroundings.workingFolder);
        secrets.push(...(settings.database.kind === "server" ? settings.database.secrets : []));
        output = openOutput(parsed.flags.color);
        if (command.endsWhenInterrupted === "at-once") {
            interrupts.endAtOnce();
        }
        const { workingFolder, openInterface, ask } = surroundings;
        const isInterface = command.name === "" && opensInterface(parsed.flags, openInterface) !== null;
        if (!settings.readOnly && !isInterface && (command.name === "" || isWriting(command, parsed.flags))) {
            signal = interrupts.signal;
        }
        const running = runParsed(command, parsed, {
            settings,
            workingFolder,
            output,
            signal,
            stdin,
            openInterface,
            ask,
        });
        const graceMs = isInterface ? null : signal === readingSignal ? readingGraceMs : writingGraceMs;
        return await (graceMs === null
            ? running
            : Promise.race([running, endAfterInterrupt(interrupts.signal, graceMs)]));
    } catch (error) {
        if (interrupts.signal.aborted) {
            output.talk("Interrupted.");
            return exitCodes.interrupted;
        }
        if (signal.aborted) {
            return exitCodes.interrupted;
        }
        // Imported only here, because it loads the database client for PostgreSQL's errors.
        const { errorRecord, formatError } = await import("./format-error.js");
        for (const line of formatError(error, isVerbose, makeRedact(secrets))) {
            output.talk(line);
        }
        if (isJson) {
            output.record(errorRecord(error));
        }
        return exitCodeOf(error);
    }
}

/** How long a command may take to end cleanly after an interrupt; longer if it must record its run as cancelled. */
const readingGraceMs = 1000;
const writingGraceMs = 5000;

/** Rejects if an interrupt does not end the command in time; the server rolls back when the connection closes. */
async function endAfterInterrupt(interrupted: AbortSignal, graceMs: number): Promise<never> {
    await new Promise((resolve) => {
        interrupted.addEventListener("abort", resolve);
    });
    await pause(graceMs);
    throw new StardeckError("Interrupted.", { code: "interrupted" });
}

/** Whether a flag of the program itself is given; words after `--` are not flags. */
function asksFor(flag: "--help" | "--version", rest: readonly string[]): boolean {
    const end = rest.indexOf("--");
    const flags = end === -1 ? rest : rest.slice(0, end);
    return flags.includes(flag) || (flag === "--help" && flags.includes("-h"));
}

function printLines(text: string, output: Output): void {
    for (const line of text.split("\n")) {
        output.line(line);
    }
}

async function runParsed(
    command: Command,
    parsed: ParsedArguments,
    rest: Omit<Parameters<Command["run"]>[0], "arguments" | "flags">,
): Promise<ExitCode> {
    if (rest.settings.readOnly) {
        refuseToWrite(command, parsed.flags);
    }
    // The cast is safe: the parser has checked every flag against its description, from which the type derives.
    return command.run({ ...rest, arguments: parsed.arguments, flags: parsed.flags as FlagValues<FlagDescriptions> });
}

function isWriting({ writes, readsWith }: Command, given: ParsedArguments["flags"]): boolean {
    return writes && !(readsWith !== undefined && given[readsWith] === true);
}

/** @throws StardeckError `usage` for a command that would write, before it connects. */
function refuseToWrite(command: Command, given: ParsedArguments["flags"]): void {
    if (!isWriting(command, given)) {
        return;
    }
    const { name, readsWith, flags } = command;
    const flag = readsWith === undefined ? undefined : flags[readsWith];
    const other = flag === undefined ? "" : `, add --${flagName(readsWith ?? "", flag)}`;
    throw new StardeckError(`\`stardeck ${name}\` writes, and --read-only is given.`, {
        code: "usage",
        hint: `Leave --read-only out${other}, or use ls, lineage, show, query, history, debug or demo.`,
    });
}

async function loadCommand(name: string | null): Promise<Command> {
    if (name === null) {
        return (await mainJob.load()).command;
    }
    const entry = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined;
    if (entry === undefined) {
        throw new StardeckError(`Unknown command "${name}".`, {
            code: "usage",
            hint: didYouMean(name, Object.keys(catalogue), "`stardeck --help` lists all commands."),
        });
    }
    return (await entry.load()).command;
}
