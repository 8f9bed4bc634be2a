import { catalogue } from "./catalogue.js";
import type { Command, FlagDescription, FlagDescriptions } from "./command.js";
import { globalFlags } from "./global-flags.js";
import { mainFlags } from "./main-flags.js";
import { flagName } from "./parse-arguments.js";

/** The help text of `stardeck --help`. */
export function formatGeneralHelp(): string {
    return [
        "Builds, tests, watches and presents a star-schema warehouse from the terminal.",
        "",
        "Usage",
        "  stardeck [COMMAND] [FLAGS]",
        "  Without a command: migrate, seed the demo (embedded database only), build, test and print the marts.",
        "",
        "Commands",
        ...alignRows(Object.entries(catalogue).map(([name, { summary }]) => [name, summary])),
        "",
        "Flag without a command",
        ...formatFlags(mainFlags),
        "",
        "Flags of every command",
        ...formatFlags(globalFlags),
        "",
        "Example",
        "  $ stardeck build --select +mart_weekly_discounts",
        "",
        "Exit codes: 0 done, 1 a model, data test or command failed, 2 usage, 3 no database, 4 output not written, 130 interrupted.",
        "",
    ].join("\n");
}

/** The help text of one command. */
export function formatCommandHelp(command: Command): string {
    const own = Object.keys(command.flags).length === 0 ? [] : ["", "Flags", ...formatFlags(command.flags)];
    const given =
        command.arguments.length === 0
            ? []
            : ["", "Arguments", ...alignRows(command.arguments.map(({ name, description }) => [name, description]))];
    return [
        command.description,
        "",
        "Usage",
        `  ${formatUsage(command)}`,
        ...given,
        ...own,
        "",
        "Flags of every command",
        ...formatFlags(globalFlags),
        "",
        command.examples.length === 1 ? "Example" : "Examples",
        ...command.examples.flatMap((example) => [`  $ ${example.command}`, `    ${example.does}`]),
        "",
    ].join("\n");
}

/** `stardeck show MODEL [--limit N] …` */
export function formatUsage(command: Command): string {
    const given = command.arguments.map(({ name, isRequired, isMultiple = false }) => {
        const written = isMultiple ? `${name}…` : name;
        return isRequired ? written : `[${written}]`;
    });
    const flags = Object.entries(command.flags).map(([key, flag]) => `[${formatFlag(key, flag)}]`);
    return ["stardeck", command.name, ...given, ...flags].filter((part) => part !== "").join(" ");
}

function formatFlags(flags: FlagDescriptions): string[] {
    return alignRows(Object.entries(flags).map(([key, flag]) => [formatFlag(key, flag), flag.description]));
}

/** `--limit N` */
export function formatFlag(key: string, flag: FlagDescription): string {
    const letter = flag.type === "string" && flag.letter !== undefined ? `-${flag.letter}, ` : "";
    return `${letter}--${flagName(key, flag)}${flag.type === "boolean" ? "" : ` ${flag.placeholder}`}`;
}

function alignRows(rows: readonly (readonly [string, string])[]): string[] {
    const width = Math.max(...rows.map(([left]) => left.length));
    return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
