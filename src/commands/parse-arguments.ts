import meow from "meow";
import { StardeckError } from "../config/errors.js";
import type { ArgumentDescription, FlagDescription, FlagDescriptions } from "./command.js";
import { globalFlags } from "./global-flags.js";
import { mainFlags } from "./main-flags.js";
import { didYouMean } from "../text/nearest-name.js";

export interface ParsedArguments {
    readonly arguments: readonly string[];
    readonly flags: Readonly<Record<string, unknown>>;
}

const flagsBeforeCommand = { ...globalFlags, ...mainFlags };

/**
 * Splits the arguments into the command's name and everything else, in order. Before a command, only global flags are allowed; without a
 * command, also the flags of the main job.
 *
 * @throws StardeckError `usage` for another flag there, because it is not yet known whether its next word is a value.
 */
export function splitCommand(argv: readonly string[]): { readonly name: string | null; readonly rest: string[] } {
    for (let index = 0; index < argv.length; index++) {
        const token = argv[index] ?? "";
        if (token === "--") {
            break;
        }
        if (!isFlag(token)) {
            return { name: token, rest: argv.filter((_, other) => other !== index) };
        }
        const [written] = splitAtEquals(token === "-h" ? "--help" : token);
        const flag = findFlagOrNull(written, flagsBeforeCommand);
        if (flag === null) {
            throw new StardeckError(`Unknown flag ${written} before a command.`, {
                code: "usage",
                hint: didYouMean(
                    written,
                    allFlagNames(flagsBeforeCommand),
                    "Flags of a command follow its name; `stardeck --help` lists commands and flags.",
                ),
            });
        }
        if (flag.description.type !== "boolean" && !token.includes("=")) {
            index++;
        }
    }
    return { name: null, rest: [...argv] };
}

/**
 * Checks flags and arguments strictly, then lets meow read them.
 *
 * meow alone ignores a missing value, takes the last of two and reads “abc” as NaN; so it gets only checked flags, all written as
 * `--flag=value`.
 *
 * @throws StardeckError `usage`, naming every problem found.
 */
export function parseArguments(
    argv: readonly string[],
    ownFlags: FlagDescriptions,
    expected: readonly ArgumentDescription[],
    commandName: string,
): ParsedArguments {
    const flags = { ...ownFlags, ...globalFlags };
    const { canonical, positional, problems, hint } = checkArguments(argv, flags);
    problems.push(...checkPositional(positional, expected));
    if (problems.length > 0) {
        throw new StardeckError(problems.join("\n"), {
            code: "usage",
            hint: hint ?? `\`stardeck ${commandName === "" ? "" : `${commandName} `}--help\` shows how to use it.`,
        });
    }
    const parsed = meow({
        importMeta: import.meta,
        argv: [...canonical, "--", ...positional],
        flags: Object.fromEntries(Object.entries(flags).map(([key, flag]) => [key, toMeowFlag(flag)])),
        booleanDefault: undefined,
        autoHelp: false,
        autoVersion: false,
    });
    return { arguments: parsed.input, flags: parsed.flags };
}

/** `statementTimeout` → `statement-timeout` */
export function flagName(key: string, flag: FlagDescription): string {
    const name = key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return flag.type === "boolean" && flag.isNegated === true ? `no-${name}` : name;
}

interface CheckedArguments {
    readonly canonical: string[];
    readonly positional: string[];
    readonly problems: string[];
    readonly hint: string | null;
}

function checkArguments(argv: readonly string[], flags: FlagDescriptions): CheckedArguments {
    const canonical: string[] = [];
    const positional: string[] = [];
    const problems: string[] = [];
    const seen = new Set<string>();
    let hint: string | null = null;
    for (let index = 0; index < argv.length; index++) {
        const token = argv[index] ?? "";
        if (token === "--") {
            positional.push(...argv.slice(index + 1));
            break;
        }
        if (!isFlag(token)) {
            positional.push(token);
            continue;
        }
        const [given, inlineValue] = splitAtEquals(token === "-h" ? "--help" : token);
        const flag = findFlagOrNull(given, flags);
        const written = flag === null ? given : `--${flagName(flag.key, flag.description)}`;
        if (flag === null && token.includes("\n")) {
            // An SQL text that begins with a comment.
            positional.push(token);
            continue;
        }
        if (flag === null) {
            problems.push(`Unknown flag ${written}.`);
            hint ??= didYouMean(written, allFlagNames(flags), "`stardeck --help` lists all commands and flags.");
            continue;
        }
        const { description } = flag;
        if (seen.has(written) && !(description.type === "string" && description.isMultiple === true)) {
            problems.push(`${written} is given twice.`);
        }
        seen.add(written);
        if (description.type === "boolean") {
            if (inlineValue !== undefined) {
                problems.push(`${written} takes no value.`);
            }
            canonical.push(written);
            continue;
        }
        const value = inlineValue ?? valueAfterOrNull(argv, index);
        if (inlineValue === undefined && value !== null) {
            index++;
        }
        const problem = checkValueOrNull(written, value, description);
        if (problem !== null) {
            problems.push(problem);
        }
        canonical.push(`${written}=${value ?? ""}`);
    }
    return { canonical, positional, problems, hint };
}

function checkValueOrNull(
    written: string,
    value: string | null,
    flag: Exclude<FlagDescription, { type: "boolean" }>,
): string | null {
    if (value === null || value === "") {
        return `${written} needs a value: ${written} ${flag.placeholder}.`;
    }
    if (flag.type === "number") {
        const number = Number(value);
        const isSound = /^-?\d+(\.\d+)?$/.test(value) && number >= flag.least && number <= flag.most;
        return isSound && (!flag.isWhole || Number.isInteger(number))
            ? null
            : `${written} takes a ${flag.isWhole ? "whole " : ""}number from ${flag.least} to ${flag.most}, not "${value}".`;
    }
    return flag.choices === undefined || flag.choices.includes(value)
        ? null
        : `${written} takes one of ${flag.choices.join(", ")}, not "${value}".`;
}

function checkPositional(given: readonly string[], expected: readonly ArgumentDescription[]): string[] {
    const missing = expected.slice(given.length).find((argument) => argument.isRequired);
    if (missing !== undefined) {
        return [`${missing.name} is missing: ${missing.description.replace(/\.$/, "")}.`];
    }
    const unexpected = expected.at(-1)?.isMultiple === true ? undefined : given[expected.length];
    return unexpected === undefined ? [] : [`Unexpected argument "${unexpected}".`];
}

/** A value may begin with one dash (`-1`); two dashes begin the next flag, or a comment in SQL. */
function valueAfterOrNull(argv: readonly string[], index: number): string | null {
    const next = argv[index + 1];
    return next === undefined || (next.startsWith("--") && isFlag(next)) ? null : next;
}

/** A flag's name is one word: `-- monthly report` is a comment in SQL. `-` alone means stdin. */
function isFlag(token: string): boolean {
    return /^-[^\s=]+(=|$)/.test(token);
}

function splitAtEquals(token: string): [written: string, value: string | undefined] {
    const at = token.indexOf("=");
    return at < 0 ? [token, undefined] : [token.slice(0, at), token.slice(at + 1)];
}

/** @param written as it was typed: `--file` or its letter `-f` */
function findFlagOrNull(
    written: string,
    flags: FlagDescriptions,
): { readonly key: string; readonly description: FlagDescription } | null {
    const entry = Object.entries(flags).find(
        ([key, flag]) =>
            written === `--${flagName(key, flag)}` ||
            (flag.type === "string" && flag.letter !== undefined && written === `-${flag.letter}`),
    );
    return entry === undefined ? null : { key: entry[0], description: entry[1] };
}

function allFlagNames(flags: FlagDescriptions): string[] {
    return Object.entries(flags).map(([key, flag]) => `--${flagName(key, flag)}`);
}

function toMeowFlag(flag: FlagDescription): { type: FlagDescription["type"]; isMultiple?: true } {
    return flag.type === "string" && flag.isMultiple === true
        ? { type: "string", isMultiple: true }
        : { type: flag.type };
}
