import { createHash } from "node:crypto";
import { isAbsolute, join, resolve } from "node:path";
import { isSet, type Environment } from "./environment.js";
import { StardeckError } from "./errors.js";
import { findProject, type ProjectSettings } from "./project-folder.js";
import { parseServerOrNull, type ServerSettings } from "./server-settings.js";

/** The embedded database: PGlite in a folder of its own. */
export interface EmbeddedSettings {
    readonly kind: "embedded";
    /** Absolute path of the `.stardeck` folder. */
    readonly folder: string;
}

export type DatabaseSettings = EmbeddedSettings | ServerSettings;

/** Everything a command may depend on, checked once. Nothing below `config/` reads flags or the environment. */
export interface Settings {
    readonly database: DatabaseSettings;
    readonly project: ProjectSettings;
    /** The database schema of the landing tables from a flag or the environment; null to use the project's. */
    readonly givenSourceSchema: string | null;
    readonly readOnly: boolean;
    /** How long one statement may run, in milliseconds; 0 for no limit. */
    readonly statementTimeoutMs: number;
    /** How long to wait for a connection, in milliseconds; 0 for ever. */
    readonly connectTimeoutMs: number;
    /** The most connections of this process. */
    readonly threads: number;
    readonly json: boolean;
    readonly verbose: boolean;
    /** Where the interface remembers a person's place in this database for the next start; null to remember nothing. */
    readonly stateFile: string | null;
    /** Where results of reading files are cached; null for no cache. */
    readonly cacheFolder: string | null;
}

/** The global flags of the command line: unchecked, undefined when not given. */
export interface SettingsFlags {
    readonly databaseUrl?: string | undefined;
    readonly project?: string | undefined;
    readonly sourceSchema?: string | undefined;
    readonly readOnly?: boolean | undefined;
    readonly statementTimeout?: number | undefined;
    readonly threads?: number | undefined;
    readonly json?: boolean | undefined;
    readonly verbose?: boolean | undefined;
}

/** libpq waits for ever; a command in a pipeline must not. */
const defaultConnectTimeoutMs = 10_000;

/** The schema of the landing tables when neither a flag nor the project names one. The demo makes its landing tables there. */
export const defaultSourceSchema = "staging";

const maxTimeoutSeconds = 7 * 24 * 3600;

/**
 * Settings from defaults < environment < flags.
 *
 * @throws StardeckError `usage` that names every problem, not just the first.
 */
export function parseSettings(flags: SettingsFlags, environment: Environment, workingFolder: string): Settings {
    const problems: string[] = [];
    const keep = <T>(parse: () => T, fallback: T): T => {
        try {
            return parse();
        } catch (error) {
            problems.push(error instanceof Error ? error.message : String(error));
            return fallback;
        }
    };
    const project = keep(() => findProject(flags.project, environment, workingFolder), {
        folder: workingFolder,
        cameAlong: true,
    });
    const embedded: EmbeddedSettings = {
        kind: "embedded",
        folder: join(project.cameAlong ? resolve(workingFolder) : project.folder, ".stardeck"),
    };
    const database = keep<DatabaseSettings>(
        () => parseServerOrNull(flags.databaseUrl, environment) ?? embedded,
        embedded,
    );
    const givenSourceSchema = keep(() => {
        const given = flags.sourceSchema ?? nonEmpty(environment.STARDECK_SOURCE_SCHEMA);
        const name = flags.sourceSchema === undefined ? "STARDECK_SOURCE_SCHEMA" : "--source-schema";
        return given === undefined ? null : parseSchemaName(name, given);
    }, null);
    const settings: Settings = {
        database,
        project,
        givenSourceSchema,
        readOnly: flags.readOnly ?? false,
        statementTimeoutMs: keep(() => {
            const name = flags.statementTimeout === undefined ? "STARDECK_STATEMENT_TIMEOUT" : "--statement-timeout";
            const given = flags.statementTimeout ?? Number(environment.STARDECK_STATEMENT_TIMEOUT ?? 0);
            return 1000 * parseNumber(name, given, 0, maxTimeoutSeconds, "seconds");
        }, 0),
        connectTimeoutMs: (database.kind === "server" ? database.connectTimeoutMs : null) ?? defaultConnectTimeoutMs,
        // One backend serves all connections of the embedded database: more threads would only wait for each other.
        threads: keep(() => parseThreads(flags.threads, database), 1),
        json: flags.json ?? false,
        verbose: flags.verbose ?? false,
        stateFile: findStateFileOrNull(database, environment),
        cacheFolder: findCacheFolderOrNull(environment),
    };
    if (problems.length > 0) {
        throw new StardeckError(problems.join("\n"), { code: "usage" });
    }
    return settings;
}

function parseThreads(given: number | undefined, database: DatabaseSettings): number {
    const threads = parseNumber("--threads", given ?? 4, 1, 64, "threads");
    if (!Number.isInteger(threads)) {
        throw new Error(`--threads takes a whole number, not ${threads}.`);
    }
    return database.kind === "embedded" ? 1 : threads;
}

function parseNumber(name: string, given: number, least: number, most: number, unit: string): number {
    if (!Number.isFinite(given) || given < least || given > most) {
        throw new Error(`${name} takes a number of ${unit} from ${least} to ${most}.`);
    }
    return given;
}

function parseSchemaName(setting: string, schema: string): string {
    if (schema.trim() === "" || Buffer.byteLength(schema) > 63 || schema.includes("\0")) {
        throw new Error(`${setting} takes the name of a database schema (1 to 63 bytes).`);
    }
    if (schema === "ops") {
        throw new Error(`${setting} cannot be "${schema}": stardeck keeps its own tables there.`);
    }
    return schema;
}

/** In the embedded database's folder; for a server, in the XDG state folder: https://specifications.freedesktop.org/basedir-spec/latest/ */
function findStateFileOrNull(database: DatabaseSettings, { XDG_STATE_HOME, HOME }: Environment): string | null {
    if (database.kind === "embedded") {
        return join(database.folder, "interface.json");
    }
    const state = nonEmpty(XDG_STATE_HOME);
    const base = state !== undefined && isAbsolute(state) ? state : isSet(HOME) ? join(HOME, ".local", "state") : null;
    const name = createHash("sha256").update(database.name).digest("hex").slice(0, 16);
    return base === null ? null : join(base, "stardeck", `${name}.json`);
}

function findCacheFolderOrNull({ XDG_CACHE_HOME, HOME }: Environment): string | null {
    const cache = nonEmpty(XDG_CACHE_HOME);
    const base = cache !== undefined && isAbsolute(cache) ? cache : isSet(HOME) ? join(HOME, ".cache") : null;
    return base === null ? null : join(base, "stardeck");
}

function nonEmpty(text: string | undefined): string | undefined {
    return isSet(text) ? text : undefined;
}
