import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { atEndOfRun, type RunAs } from "./end-of-run.js";
import { copyPackagedPrograms, findPostgresPrograms } from "./postgres-programs.js";

const run = promisify(execFile);

/** A PostgreSQL server on which the tests may create databases. */
export interface TestServer {
    /** A superuser's URL over TCP; only connect to its database, do not change it. */
    readonly url: string;
    /** The folder of the Unix socket, which needs no password; null for a server that we did not start. */
    readonly socketFolder: string | null;
}

const user = "stardeck_test";
const password = "known to every test";

const settings = {
    listen_addresses: "127.0.0.1",
    max_connections: "100",
    // The data lives as long as the run: nothing here has to survive a crash.
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
};

export interface ServerOptions {
    /** Files to write beside the data folder, by name, readable only by the server. */
    readonly files: Readonly<Record<string, string>>;
    /** @param folder the one of the files */
    readonly settings: (folder: string) => Readonly<Record<string, string>>;
}

export interface StartedServer {
    readonly server: TestServer;
    /** The folder of its shared libraries, including libpq; null for an installed server. */
    readonly libraryFolder: string | null;
    readonly stop: () => Promise<void>;
    /** Restarts it with other settings. */
    readonly restart: (settings: ServerOptions["settings"]) => Promise<void>;
    /** Restarts it as a hot standby, which waits for a primary server's log and can only be read. */
    readonly restartAsStandby: () => Promise<void>;
}

/**
 * Starts a PostgreSQL server in a temporary folder: trust on the Unix socket, scram-sha-256 on 127.0.0.1.
 * It stops, and its folder is removed, when `stop` is called or when this process ends.
 *
 * @param wanted see `findPostgresPrograms`
 */
export async function startPostgresServer(
    wanted: string,
    { files, settings: own }: ServerOptions = { files: {}, settings: () => ({}) },
): Promise<StartedServer> {
    const programs = await findPostgresPrograms(wanted);
    const runAs = await findUnprivilegedUser();
    const folder = await mkdtemp(join(tmpdir(), "stardeck-server-"));
    const passwordFile = join(folder, "password");
    const dataFolder = join(folder, "data");
    const logFile = join(folder, "log");
    await writeFile(passwordFile, password);
    for (const [name, content] of Object.entries(files)) {
        await writeFile(join(folder, name), content, { mode: 0o600 });
    }
    const binaries =
        programs.packagedIn === null
            ? programs.folder
            : await copyPackagedPrograms(programs.packagedIn, join(folder, "programs"));
    if (runAs.uid !== undefined) {
        await run("chown", ["-R", `${runAs.uid}:${runAs.gid ?? runAs.uid}`, folder]);
    }

    const pgCtl = join(binaries, "pg_ctl");
    const stop = atEndOfRun(
        '"$1" stop --pgdata "$2/data" --mode immediate --silent; rm -rf "$2"',
        [pgCtl, folder],
        runAs,
    );
    try {
        const options = { ...runAs, cwd: folder, env: { ...process.env, LC_ALL: "C" } };
        const authentication = ["--auth-local=trust", "--auth-host=scram-sha-256", `--pwfile=${passwordFile}`];
        const cluster = [`--pgdata=${dataFolder}`, `--username=${user}`, "--no-locale", "--encoding=UTF8", "--no-sync"];
        await run(join(binaries, "initdb"), [...cluster, ...authentication], options);
        const port = await findFreePort();
        const start = async (more: ServerOptions["settings"]): Promise<void> => {
            const flags = Object.entries({
                ...settings,
                port: `${port}`,
                unix_socket_directories: folder,
                ...more(folder),
            })
                .map(([name, value]) => `-c ${name}='${value}'`)
                .join(" ");
            await run(pgCtl, ["start", "--wait", `--pgdata=${dataFolder}`, `--log=${logFile}`, "-o", flags], options);
        };
        const halt = async (): Promise<void> => {
            await run(pgCtl, ["stop", "--wait", `--pgdata=${dataFolder}`, "--mode=fast"], options);
        };
        await start(own);
        const url = `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
        const restart = async (other: ServerOptions["settings"]): Promise<void> => {
            await halt();
            await start(other);
        };
        const restartAsStandby = async (): Promise<void> => {
            await halt();
            await run("touch", [join(dataFolder, "standby.signal")], options);
            await start(own);
        };
        const libraryFolder = programs.packagedIn === null ? null : join(folder, "programs", "lib");
        return { server: { url, socketFolder: folder }, libraryFolder, stop, restart, restartAsStandby };
    } catch (error) {
        const log = await readFile(logFile, "utf8").catch(() => "");
        await stop();
        throw new Error(`The PostgreSQL server of ${binaries} does not start.\n${log}`, { cause: error });
    }
}

/** PostgreSQL refuses to run as root. */
async function findUnprivilegedUser(): Promise<RunAs> {
    if (process.getuid?.() !== 0) {
        return {};
    }
    for (const name of ["postgres", "nobody"]) {
        try {
            const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
            return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
        } catch {
            // No such user: try the next.
        }
    }
    throw new Error(
        "PostgreSQL does not run as root and there is no user postgres or nobody: add one, or run as another user.",
    );
}

async function findFreePort(): Promise<number> {
    const probe = createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const address = probe.address();
    probe.close();
    await once(probe, "close");
    if (address === null || typeof address === "string") {
        throw new Error("The system gave no free port on 127.0.0.1.");
    }
    return address.port;
}
