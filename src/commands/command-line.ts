import { StardeckError } from "../config/errors.js";
import type { Environment } from "../config/environment.js";
import { catalogue, mainJob } from "./catalogue.js";
import type { Command, FlagDescriptions, FlagValues, OpenInterface } from "./command.js";
import { exitCodeOf, exitCodes, type ExitCode } from "./exit-code.js";
import { formatCommandHelp, formatGeneralHelp } from "./help.js";
import type { Interrupts } from "./interrupts.js";
import { makeOutput, wantsColor, type OutputStream } from "./output.js";
import { flagName, parseArguments, splitCommand, type ParsedArguments } from "./parse-arguments.js";
import { didYouMean } from "../text/nearest-name.js";
import { findSecrets, makeRedact } from "./redact.js";
import { packageVersion } from "./version.js";

/** The process around a command line. */
export interface Surroundings {
    readonly environment: Environment;
    readonly workingFolder: string;
    readonly stdout: OutputStream;
    readonly stderr: OutputStream;
    readonly interrupts: Interrupts;
    /** Null where there is no terminal to show it on. */
    readonly openInterface: OpenInterface | null;
}

/** Runs one command line from its arguments to its exit code. Never rejects: errors are printed. */
export async function runCommandLine(argv: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
    const { environment, stdout, stderr, interrupts } = surroundings;
    // For errors in the command line itself, before flags and settings are known.
    let isJson = argv.includes("--json");
    let isVerbose = argv.includes("--verbose");
    const secrets = [...findSecrets(argv, environment)];
    const openOutput = (colorFlag: unknown): ReturnType<typeof makeOutput> =>
        makeOutput({
            stdout,
            stderr,
            isJson,
            useColor: wantsColor(colorFlag, environment.NO_COLOR),
            redact: makeRedact(secrets),
        });
    let output = openOutput(!argv.includes("--no-color"));
    try {
        const { name, rest } = splitCommand(argv);
        if (name === null && rest.includes("--version")) {
            parseArguments(rest, {}, [], "");
            output.line(packageVersion());
            return exitCodes.done;
        }
        if (name === null && (rest.includes("--help") || rest.includes("-h"))) {
            parseArguments(rest, {}, [], "");
            output.line(formatGeneralHelp());
            return exitCodes.done;
        }
        const command = await loadCommand(name);
        if (rest.includes("--help") || rest.includes("-h")) {
            output.line(formatCommandHelp(command));
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
        return await runParsed(command, parsed, {
            settings,
            output,
            signal: interrupts.signal,
            openInterface: surroundings.openInterface,
        });
    } catch (error) {
        if (interrupts.hasLostReader()) {
            return exitCodes.done;
        }
        if (interrupts.signal.aborted) {
            output.talk("Interrupted.");
            return exitCodes.interrupted;
        }
        // Knows the errors of PostgreSQL, and so loads what talks to it.
        const { errorRecord, formatError } = await import("./format-error.js");
        output.talk(formatError(error, isVerbose, makeRedact(secrets)));
        if (isJson) {
            output.record(errorRecord(error));
        }
        return exitCodeOf(error);
    }
}

async function runParsed(
    command: Command,
    parsed: ParsedArguments,
    rest: Pick<Parameters<Command["run"]>[0], "settings" | "output" | "signal" | "openInterface">,
): Promise<ExitCode> {
    if (rest.settings.readOnly) {
        refuseToWrite(command, parsed.flags);
    }
    // The parser has checked every flag against its description, which is where its type comes from.
    return command.run({ ...rest, arguments: parsed.arguments, flags: parsed.flags as FlagValues<FlagDescriptions> });
}

/** @throws StardeckError `usage` for a command that would write, before it connects to anything. */
function refuseToWrite({ name, writes, readsWith, flags }: Command, given: ParsedArguments["flags"]): void {
    if (!writes || (readsWith !== undefined && given[readsWith] === true)) {
        return;
    }
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
