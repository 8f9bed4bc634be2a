import type { Readable } from "node:stream";
import type { Settings } from "../config/settings.js";
import type { Database } from "../database/database.js";
import type { Presentation } from "../deck/presentation.js";
import type { ProjectFiles } from "../warehouse/project-files.js";
import type { ExitCode } from "./exit-code.js";
import type { Output } from "./output.js";

/** A flag as data: parser, help text and documentation are all made from it. Its name is its key in kebab case. */
export type FlagDescription =
    | {
          readonly type: "boolean";
          readonly description: string;
          /** True for a flag that is written `--no-<name>` and switches something off. */
          readonly isNegated?: boolean;
      }
    | {
          readonly type: "string";
          readonly description: string;
          /** Stands for the value in help texts. */
          readonly placeholder: string;
          /** Its short form: one letter after one dash. */
          readonly letter?: string;
          /** May be given several times. */
          readonly isMultiple?: boolean;
          readonly choices?: readonly string[];
      }
    | {
          readonly type: "number";
          readonly description: string;
          readonly placeholder: string;
          readonly isWhole: boolean;
          readonly least: number;
          readonly most: number;
      };

export type FlagDescriptions = Readonly<Record<string, FlagDescription>>;

/** What the flags were given as; absent when not given, and empty when they may be given several times. */
export type FlagValues<Flags extends FlagDescriptions> = {
    readonly [Name in keyof Flags]?: Flags[Name] extends { type: "boolean" }
        ? boolean
        : Flags[Name] extends { type: "number" }
          ? number
          : Flags[Name] extends { isMultiple: true }
            ? readonly string[]
            : string;
};

export interface ArgumentDescription {
    /** In capitals, as help texts show it. */
    readonly name: string;
    readonly description: string;
    readonly isRequired: boolean;
    /** May be given several times; of the last one alone. */
    readonly isMultiple?: boolean;
}

export interface Example {
    readonly command: string;
    readonly does: string;
}

/** What the interface has to be told. */
export interface InterfaceRequest {
    readonly isReadOnly: boolean;
    /** What is presented; null for the ordinary interface. */
    readonly presentation: Presentation | null;
    /** Null where no project is worked on. */
    readonly files: ProjectFiles | null;
    readonly databaseName: string;
    readonly threads: number;
    /** Where a person's place is kept from start to start; null for nowhere. */
    readonly stateFile: string | null;
    readonly signal: AbortSignal;
    readonly open: (use: (database: Database) => Promise<void>) => Promise<void>;
    /** Makes a fresh embedded database ready for a build; elsewhere it only looks. Stops when the person leaves. */
    prepare(database: Database, report: ReportPreparation, leaving: AbortSignal): Promise<Preparation>;
}

/** What comes next, once a database was opened the first time: `show-plan` says what the files would change, and asks. */
export type Preparation = "none" | "build-all" | "show-plan";

/** Takes what is being done, and how far it is where that can be told. */
export type ReportPreparation = (doing: string, progress: string | null) => void;

/** Shows the interface until the person quits; gives lines for the shell. */
export type OpenInterface = (request: InterfaceRequest) => Promise<readonly string[]>;

/** Asks a question on the terminal; true for yes. */
export type Ask = (question: string) => Promise<boolean>;

/** One call of a command: what was asked, checked, and where to answer. */
export interface Invocation<Values = Readonly<Record<string, unknown>>> {
    readonly arguments: readonly string[];
    readonly flags: Values;
    readonly settings: Settings;
    /** Where the command was started: paths that a person types begin there. */
    readonly workingFolder: string;
    readonly output: Output;
    /** Aborted by Ctrl-C, SIGTERM or SIGHUP; for what only reads also when stdout cannot be written any more. */
    readonly signal: AbortSignal;
    readonly stdin: Readable & { readonly isTTY?: boolean };
    /** Null where there is no terminal to show it on. */
    readonly openInterface: OpenInterface | null;
    /** Null where nobody can answer. */
    readonly ask: Ask | null;
}

/** A command of the command line: its description as data, and what it does. */
export interface Command<Flags extends FlagDescriptions = FlagDescriptions> {
    /** As typed; empty for what happens without a command. */
    readonly name: string;
    /** What it does and what to know, in whole sentences. */
    readonly description: string;
    readonly arguments: readonly ArgumentDescription[];
    readonly flags: Flags;
    readonly examples: readonly Example[];
    /** True when it changes the database: refused with `--read-only`. */
    readonly writes: boolean;
    /** The flag with which it only reads although it writes without. */
    readonly readsWith?: string;
    /** `cleanly`: the command watches the signal and ends by itself. `at-once`: the database rolls back what was open. */
    readonly endsWhenInterrupted: "cleanly" | "at-once";
    run(invocation: Invocation<FlagValues<Flags>>): Promise<ExitCode>;
}

export function defineCommand<const Flags extends FlagDescriptions>(
    command: Command<Flags> & { readonly readsWith?: keyof Flags },
): Command<Flags> {
    return command;
}
