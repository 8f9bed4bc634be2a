import type { Readable } from "node:stream";
import type { Settings } from "../config/settings.js";
import type { Database } from "../database/database.js";
import type { Presentation } from "../deck/presentation.js";
import type { ProjectFiles } from "../warehouse/project-files.js";
import type { ExitCode } from "./exit-code.js";
import type { Output } from "./output.js";

/** A flag as data, from which parser, help text and documentation are made. Its name is its key in kebab case. */
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

/** The values of the flags; a flag that was not given is absent. */
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
    /** May be given several times; only for the last argument. */
    readonly isMultiple?: boolean;
}

export interface Example {
    readonly command: string;
    readonly does: string;
}

/** What the interface needs to start. */
export interface InterfaceRequest {
    readonly isReadOnly: boolean;
    /** The deck to present; null for the ordinary interface. */
    readonly presentation: Presentation | null;
    /** Null if there are no project files to work on. */
    readonly files: ProjectFiles | null;
    readonly databaseName: string;
    readonly threads: number;
    /** The file that keeps the user's place between starts; null to keep none. */
    readonly stateFile: string | null;
    readonly signal: AbortSignal;
    readonly open: (use: (database: Database) => Promise<void>) => Promise<void>;
    /** Prepares a fresh embedded database for a build; on a server it only checks. Stops when the user leaves. */
    prepare(database: Database, report: ReportPreparation, leaving: AbortSignal): Promise<Preparation>;
}

/** The next step after a database was first opened: `show-plan` shows what the files would change, and asks. */
export type Preparation = "none" | "build-all" | "show-plan";

/** Receives the current step and, if known, its progress. */
export type ReportPreparation = (doing: string, progress: string | null) => void;

/** Shows the interface until the user quits; returns lines to print in the shell. */
export type OpenInterface = (request: InterfaceRequest) => Promise<readonly string[]>;

/** Asks a question on the terminal; true for yes. */
export type Ask = (question: string) => Promise<boolean>;

/** One call of a command: its parsed arguments and flags, and where to write output. */
export interface Invocation<Values = Readonly<Record<string, unknown>>> {
    readonly arguments: readonly string[];
    readonly flags: Values;
    readonly settings: Settings;
    /** Where the command was started; relative paths in arguments start there. */
    readonly workingFolder: string;
    readonly output: Output;
    /** Aborted by Ctrl-C, SIGTERM or SIGHUP; for reading commands also when stdout can no longer be written. */
    readonly signal: AbortSignal;
    readonly stdin: Readable & { readonly isTTY?: boolean };
    /** Null without a terminal. */
    readonly openInterface: OpenInterface | null;
    /** Null if there is no terminal to ask on. */
    readonly ask: Ask | null;
}

/** A command: its description as data, and the function that runs it. */
export interface Command<Flags extends FlagDescriptions = FlagDescriptions> {
    /** As typed; empty for the job without a command. */
    readonly name: string;
    /** What it does and what users should know, in whole sentences. */
    readonly description: string;
    readonly arguments: readonly ArgumentDescription[];
    readonly flags: Flags;
    readonly examples: readonly Example[];
    /** True if it changes the database, so that `--read-only` refuses it. */
    readonly writes: boolean;
    /** The flag that turns a writing command into one that only reads. */
    readonly readsWith?: string;
    /** `cleanly`: the command watches the signal and ends by itself. `at-once`: the process ends, and the database rolls back. */
    readonly endsWhenInterrupted: "cleanly" | "at-once";
    run(invocation: Invocation<FlagValues<Flags>>): Promise<ExitCode>;
}

export function defineCommand<const Flags extends FlagDescriptions>(
    command: Command<Flags> & { readonly readsWith?: keyof Flags },
): Command<Flags> {
    return command;
}
