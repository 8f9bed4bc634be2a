import { randomUUID } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { PGlite } from "@electric-sql/pglite";
import { errorMessage, type StardeckError } from "../../config/errors.js";
import { unpackArchive } from "./data-archive.js";
import { DurableFs } from "./durable-fs.js";
import { fileErrorCode, makeFailure, makeStopFailure, wrapFileError } from "./failure.js";
import { postgresMajorVersion, type EmbeddedLayout } from "./layout.js";
import { severeWordsOrNull } from "./server-log.js";
import { templateFile } from "./template.js";

// A directory has this prefix until it is complete and renamed.
const unfinishedPrefix = "data.unfinished-";

const startParameters = [
    // PGlite turns fsync off (-F). With DurableFs it works, so that committed data survives a crash of the machine.
    ...PGlite.defaultStartParams.filter((parameter) => parameter !== "-F"),
    "-c",
    // Emscripten's fdatasync, the default, does nothing.
    "wal_sync_method=fsync",
];

/**
 * How many bytes of a WebAssembly function run before V8 compiles it again with optimisations. With Node 20's 1.8 million, the first
 * queries would trigger this for thousands of functions and become slow (docs/decisions/embedded-database-process.md).
 */
const optimisedAfterBytes = 60_000_000;

/**
 * Opens the data directory, making it first if there is none. The caller holds the folder's lock.
 * Recovers by itself from a server that was killed. Never deletes or changes a directory that it cannot open.
 *
 * @param onLog gets what PostgreSQL writes to its log, line by line.
 * @throws StardeckError `no-database`
 */
export async function openData(layout: EmbeddedLayout, onLog: (line: string) => void): Promise<PGlite> {
    try {
        removeUnfinished(layout.folder);
        if (isAbsent(layout.data)) {
            await makeDataDirectory(layout);
        }
        checkVersion(layout.data);
    } catch (error) {
        throw wrapFileError(error, layout.folder);
    }
    return await start(layout, onLog);
}

/** Runs PostgreSQL's initdb: a new database in `directory`, closed again. */
export async function initialiseDirectly(directory: string): Promise<void> {
    const database = await PGlite.create({ dataDir: directory });
    await database.close();
}

async function start(layout: EmbeddedLayout, onLog: (line: string) => void): Promise<PGlite> {
    let lastSevere = "";
    const onLine = (line: string): boolean => {
        onLog(line);
        lastSevere = severeWordsOrNull(line) ?? lastSevere;
        return false;
    };
    setFlagsFromString(`--wasm-tiering-budget=${optimisedAfterBytes}`);
    try {
        return await PGlite.create({
            fs: new DurableFs(layout.data),
            startParams: startParameters,
            onStderr: onLine,
            onStdout: onLine,
        });
    } catch (error) {
        throw explainStartFailure(error, layout, lastSevere);
    }
}

function explainStartFailure(error: unknown, layout: EmbeddedLayout, lastSevere: string): StardeckError {
    if (fileErrorCode(error) !== null) {
        return wrapFileError(error, layout.data);
    }
    if (lastSevere.includes("No space left on device")) {
        return makeStopFailure(lastSevere, layout, error);
    }
    const reason = lastSevere === "" ? errorMessage(error) : lastSevere;
    return makeDamageFailure(layout.data, `PostgreSQL cannot start on it (${reason})`, error);
}

function makeDamageFailure(directory: string, problem: string, cause?: unknown): StardeckError {
    return makeFailure(
        `The embedded database in ${directory} cannot be opened: ${problem}.`,
        `Nothing was deleted. Restore the folder from a copy, or move it away (mv '${directory}' '${directory}.old') and start again with a new database.`,
        cause,
    );
}

function isAbsent(directory: string): boolean {
    if (!existsSync(directory)) {
        return true;
    }
    if (lstatSync(directory).isSymbolicLink()) {
        // Two folders with links to one data directory would have two servers on it.
        throw makeDamageFailure(directory, "a symbolic link is in the place of the folder");
    }
    if (!statSync(directory).isDirectory()) {
        throw makeDamageFailure(directory, "a file is in the place of the folder");
    }
    return readdirSync(directory).length === 0;
}

function checkVersion(directory: string): void {
    const versionFile = join(directory, "PG_VERSION");
    if (!existsSync(versionFile)) {
        throw makeDamageFailure(directory, "it holds no complete PostgreSQL database (PG_VERSION is missing)");
    }
    const version = readFileSync(versionFile, "utf8").trim();
    if (version !== postgresMajorVersion) {
        throw makeFailure(
            `The embedded database in ${directory} was made by PostgreSQL ${version || "(unknown)"}; this stardeck has PostgreSQL ${postgresMajorVersion}.`,
            `Use the version of stardeck that made it, or move it away (mv '${directory}' '${directory}.old') and start again with a new database.`,
        );
    }
}

/** The directory is made under another name and renamed, so that a killed process leaves no incomplete database. */
async function makeDataDirectory(layout: EmbeddedLayout): Promise<void> {
    const unfinished = join(layout.folder, `${unfinishedPrefix}${randomUUID()}`);
    try {
        if (!(await unpackArchive(templateFile, unfinished))) {
            await initialiseDirectly(unfinished);
        }
        renameSync(unfinished, layout.data);
    } catch (error) {
        rmSync(unfinished, { recursive: true, force: true });
        throw error;
    }
}

function removeUnfinished(folder: string): void {
    for (const name of readdirSync(folder).filter((each) => each.startsWith(unfinishedPrefix))) {
        rmSync(join(folder, name), { recursive: true, force: true });
    }
}
