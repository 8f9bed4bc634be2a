import { execFile } from "node:child_process";
import { access, chown, mkdir, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { parseSettings } from "../src/config/settings.js";
import { withDatabase, type Database } from "../src/database/database.js";
import { quoteIdentifier } from "../src/sql/identifiers.js";
import type { BenchOptions } from "./arguments.js";

const run = promisify(execFile);
const port = "54329";

/** Settings of a dedicated machine; nothing here has to survive a crash. */
const settings = {
    listen_addresses: "",
    port,
    shared_buffers: "2GB",
    work_mem: "64MB",
    maintenance_work_mem: "512MB",
    effective_cache_size: "8GB",
    max_wal_size: "8GB",
    random_page_cost: "1.1",
    checkpoint_timeout: "30min",
    max_locks_per_transaction: "512",
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
    // The benchmarks vacuum and analyze between measurements instead.
    autovacuum: "off",
    shared_preload_libraries: "auto_explain",
};

/** A PostgreSQL server on which the benchmarks make their databases. */
export interface BenchServer {
    /** The URL of one of its databases. */
    readonly urlOf: (databaseName: string) => string;
    /** What the server logged since `offset`, and the offset after it; empty for a server that was not started here. */
    readonly readLog: (offset: number) => Promise<{ text: string; offset: number }>;
    /** Processor time of its ended connections so far; null if unknown. */
    readonly readProcessorMs: () => Promise<number | null>;
}

/** Starts a server, or takes the given one, for `use`; always stops a started one. */
export async function withServer<T>(options: BenchOptions, use: (server: BenchServer) => Promise<T>): Promise<T> {
    const { databaseUrl, dataFolder } = options;
    if (databaseUrl !== null) {
        const urlOf = (name: string): string => Object.assign(new URL(databaseUrl), { pathname: `/${name}` }).href;
        return use({
            urlOf,
            readLog: (offset) => Promise.resolve({ text: "", offset }),
            readProcessorMs: () => Promise.resolve(null),
        });
    }
    const owner = await findServerUser();
    const folder = dataFolder ?? (await mkdtemp(join(tmpdir(), "stardeck-bench-")));
    await mkdir(folder, { recursive: true });
    await chown(folder, owner.uid ?? -1, owner.gid ?? -1);
    const binaries = (await run("pg_config", ["--bindir"])).stdout.trim();
    const asOwner = { ...owner, cwd: folder, env: { ...process.env, LC_ALL: "C" } };
    const data = join(folder, "data");
    const logFile = join(folder, "log");
    try {
        const isNew = await access(data).then(
            () => false,
            () => true,
        );
        if (isNew) {
            const cluster = [`--pgdata=${data}`, "--username=bench", "--auth=trust", "--no-locale", "--encoding=UTF8"];
            await run(join(binaries, "initdb"), cluster, asOwner);
        }
        const flags = Object.entries({ ...settings, unix_socket_directories: folder })
            .map(([name, value]) => `-c ${name}='${value}'`)
            .join(" ");
        const control = (...action: readonly string[]): Promise<unknown> =>
            run(join(binaries, "pg_ctl"), [...action, `--pgdata=${data}`], asOwner);
        await control("start", "--wait", `--log=${logFile}`, `-o ${flags}`);
        try {
            const own = await listChildren(data);
            return await use({
                urlOf: (name) => `postgres://bench@localhost:${port}/${name}?host=${encodeURIComponent(folder)}`,
                readLog: async (offset) => {
                    const bytes = (await readFile(logFile)).subarray(offset);
                    return { text: bytes.toString(), offset: offset + bytes.length };
                },
                readProcessorMs: () => readEndedChildrenMs(data, own),
            });
        } finally {
            await control("stop", "--wait", "--mode=fast");
        }
    } finally {
        if (dataFolder === null) {
            await rm(folder, { recursive: true, force: true });
        }
    }
}

/** The child processes of the postmaster, including one for each connection; null if unknown. */
async function listChildren(data: string): Promise<readonly string[] | null> {
    if (process.platform !== "linux") {
        return null;
    }
    const pid = await readServerPid(data);
    return (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).split(" ").filter((child) => child !== "");
}

async function readServerPid(data: string): Promise<string> {
    const [pid = ""] = (await readFile(join(data, "postmaster.pid"), "utf8")).split("\n");
    return pid;
}

/** How often to check whether closed connections have ended. */
const pauseMs = 20;

/**
 * The processor time of ended connections; waits for those that are about to end.
 *
 * @param own the server's processes that do not serve a connection
 */
async function readEndedChildrenMs(data: string, own: readonly string[] | null): Promise<number | null> {
    if (own === null) {
        return null;
    }
    while ((await listChildren(data))?.some((child) => !own.includes(child)) === true) {
        await setTimeout(pauseMs);
    }
    const stat = await readFile(`/proc/${await readServerPid(data)}/stat`, "utf8");
    // After the name in parentheses: cutime and cstime, in hundredths of a second.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return 10 * (Number(fields[13]) + Number(fields[14]));
}

/** PostgreSQL refuses to run as root: then use the owner of Debian's data directories. */
async function findServerUser(): Promise<{ uid?: number; gid?: number }> {
    if (process.getuid?.() !== 0) {
        return {};
    }
    const { uid, gid } = await stat("/var/lib/postgresql");
    return { uid, gid };
}

/** Opens one of the server's databases as stardeck does. */
export function withBenchDatabase<T>(
    server: BenchServer,
    name: string,
    use: (database: Database) => Promise<T>,
): Promise<T> {
    const { database } = parseSettings({ databaseUrl: server.urlOf(name) }, {}, ".");
    return withDatabase(database, { connectTimeoutMs: 10_000, statementTimeoutMs: 0, maxConnections: 2 }, use);
}

/** Whether the server has a database of this name. */
export function hasDatabase(server: BenchServer, name: string): Promise<boolean> {
    return withBenchDatabase(server, "postgres", async (database) => {
        const { rows } = await database.query("select from pg_database where datname = $1", [name]);
        return rows.length > 0;
    });
}

/** Creates an empty database, replacing one of the same name. */
export function createDatabase(server: BenchServer, name: string): Promise<void> {
    return withBenchDatabase(server, "postgres", async (database) => {
        await database.maintain(`drop database if exists ${quoteIdentifier(name)}`);
        await database.maintain(`create database ${quoteIdentifier(name)}`);
    });
}
