import { execFile } from "node:child_process";
import { access, constants, readdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const oldestMajor = 15;
const debianRoot = "/usr/lib/postgresql";

/**
 * The folder of the PostgreSQL server programs: what `pg_config` says, else Debian's newest version, else the PATH.
 *
 * @throws Error with one sentence on what to install.
 */
export async function findPostgresBinaries(): Promise<string> {
    for (const folder of await listCandidates()) {
        if (await holdsServer(folder)) {
            return folder;
        }
    }
    throw new Error(
        `The tests need the PostgreSQL server programs, version ${oldestMajor} or later: install them ` +
            "(Debian and Ubuntu: apt-get install postgresql; macOS: brew install postgresql), " +
            "or name a server in STARDECK_TEST_DATABASE_URL.",
    );
}

async function listCandidates(): Promise<string[]> {
    const configured = await run("pg_config", ["--bindir"]).then(
        ({ stdout }) => [stdout.trim()],
        () => [],
    );
    const versions = await readdir(debianRoot).catch(() => []);
    const packaged = versions
        .sort((one, other) => Number(other) - Number(one))
        .map((version) => join(debianRoot, version, "bin"));
    const path = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
    return [...configured, ...packaged, ...path];
}

/** `pg_config` alone proves nothing: it comes with the client library. */
async function holdsServer(folder: string): Promise<boolean> {
    try {
        await Promise.all(["initdb", "pg_ctl", "postgres"].map((name) => access(join(folder, name), constants.X_OK)));
        const { stdout } = await run(join(folder, "postgres"), ["--version"]);
        return Number(/\d+/.exec(stdout)?.[0]) >= oldestMajor;
    } catch {
        return false;
    }
}
