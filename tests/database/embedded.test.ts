import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { openEmbedded, type LoadTurn } from "../../src/database/embedded/open-embedded.js";
import {
    connectForTest,
    isRunning,
    makeTestFolder,
    openForTest,
    queryRow,
    startOtherProgram,
    startProgramWithTransactions,
    waitForEnd,
} from "./embedded-folder.js";

/** The socket that an open folder has. */
const guardName = expect.stringMatching(/^guard-[0-9a-f]{12}$/) as string;

describe("the server of the embedded database", () => {
    it("starts for a folder that does not exist yet and ends with its last client", async () => {
        const folder = join(await makeTestFolder(), "new", ".stardeck");
        const server = await openEmbedded(folder);
        const client = await connectForTest(server);
        expect(await queryRow(client, "select current_setting('TimeZone'), current_setting('fsync')")).toEqual([
            "UTC",
            "on",
        ]);
        await client.end();
        expect(isRunning(server.pid)).toBe(true);
        await server.close();
        await waitForEnd(server.pid);
        expect((await readdir(folder)).sort()).toEqual(["data", "server-1.json", "server.log"]);
    });

    it("is told nothing secret by its environment or its command line", async () => {
        for (const name of ["PGPASSWORD", "DATABASE_URL", "PGSSLPASSWORD", "OTHER_TOKEN", "NODE_OPTIONS"]) {
            vi.stubEnv(name, name === "NODE_OPTIONS" ? "--title=secret" : `secret of ${name}`);
        }
        onTestFinished(() => {
            vi.unstubAllEnvs();
        });
        const server = await openForTest(await makeTestFolder());
        const { stdout } = await promisify(execFile)("ps", ["eww", "-o", "command=", "-p", String(server.pid)]);
        expect(stdout).toContain("PATH=");
        expect(stdout).not.toContain("secret");
    });

    it("serves whoever comes while it runs, and stays until the last has left", async () => {
        const folder = await makeTestFolder();
        const first = await openForTest(folder);
        const second = await openEmbedded(folder);
        expect(second.pid).toBe(first.pid);
        const client = await connectForTest(second);
        await first.close();
        expect(await queryRow(client, "select 1")).toEqual(["1"]);
        await client.end();
        await second.close();
        await waitForEnd(first.pid);
    });

    it("is one and the same for programs that start at the same moment", async () => {
        const folder = await makeTestFolder();
        const programs = await Promise.all(Array.from({ length: 4 }, () => startOtherProgram(folder)));
        const server = await openForTest(folder);
        expect(programs.map(({ serverPid }) => serverPid)).toEqual(programs.map(() => server.pid));
    });

    it("is one and the same for programs that find a killed server at the same moment", async () => {
        const folder = await makeTestFolder();
        const killed = await openForTest(folder);
        await killed.terminate();
        const programs = await Promise.all(Array.from({ length: 4 }, () => startOtherProgram(folder)));
        const server = await openForTest(folder);
        expect(programs.map(({ serverPid }) => serverPid)).toEqual(programs.map(() => server.pid));
        expect(server.pid).not.toBe(killed.pid);
    });

    it("outlives the program that started it while another is connected", async () => {
        const folder = await makeTestFolder();
        const starter = await startOtherProgram(folder);
        const server = await openForTest(folder);
        expect(server.pid).toBe(starter.serverPid);
        starter.process.kill("SIGKILL");
        await starter.ended;
        const client = await connectForTest(server);
        expect(await queryRow(client, "select 1")).toEqual(["1"]);
    });

    it("ends when its only client is killed", async () => {
        const starter = await startOtherProgram(await makeTestFolder());
        starter.process.kill("SIGKILL");
        await waitForEnd(starter.serverPid);
    });

    it("rolls back the transaction of a client that is killed", async () => {
        const folder = await makeTestFolder();
        const client = await connectForTest(await openForTest(folder));
        await client.query("create table orders (order_id integer)");
        const other = await startOtherProgram(folder, "begin; insert into orders values (1)");
        const count = queryRow(client, "select count(*) from orders");
        other.process.kill("SIGKILL");
        expect(await count).toEqual(["0"]);
    });

    it("cancels what a program that is killed runs and waits for", async () => {
        const folder = await makeTestFolder();
        let loadTurn: LoadTurn = () => Promise.resolve(null);
        const server = await openEmbedded(folder, {
            onFound: (load) => {
                loadTurn = load;
            },
        });
        onTestFinished(() => server.close());
        const client = await connectForTest(server);
        await client.query("create table public.orders (order_id integer)");
        const other = startProgramWithTransactions(folder, [
            "insert into public.orders values (1)",
            "with recursive numbers as (select 1 as n union all select n from numbers) select count(*) from numbers",
        ]);
        await vi.waitFor(async () => {
            expect(await loadTurn()).toMatchObject({ application: `stardeck, process ${other.pid}`, isRunning: true });
        }, 30_000);
        const count = queryRow(client, "select count(*) from orders");
        other.kill("SIGKILL");
        expect(await count).toEqual(["0"]);
    });

    it("keeps what is committed when it is killed in the middle of a write", async () => {
        const folder = await makeTestFolder();
        const killed = await openForTest(folder);
        const client = await connectForTest(killed);
        await client.query("create table orders (order_id integer)");
        await client.query("insert into orders select generate_series(1, 50000)");
        const write = expect(client.query("insert into orders select generate_series(1, 5000000)")).rejects.toThrow();
        await killed.terminate();
        await write;
        const reopened = await connectForTest(await openForTest(folder));
        expect(await queryRow(reopened, "select count(*) from orders")).toEqual(["50000"]);
    });

    it("tells its clients when PostgreSQL ends, and recovers at the next start", async () => {
        const folder = await makeTestFolder();
        const server = await openForTest(folder);
        const client = await connectForTest(server);
        await client.query("create table orders as select 1 as order_id");
        // Without its write-ahead log PostgreSQL stops at once.
        const log = join(folder, "data", "pg_wal");
        await rename(log, `${log}.away`);
        await expect(client.query("select pg_switch_wal(); create table lost (id integer)")).rejects.toThrow(
            `The embedded database has stopped; ${folder}/server.log says why.`,
        );
        await waitForEnd(server.pid);
        await rename(`${log}.away`, log);
        const reopened = await connectForTest(await openForTest(folder));
        expect(await queryRow(reopened, "select count(*) from orders")).toEqual(["1"]);
    });

    it("is not taken for alive when its process id belongs to another program now", async () => {
        const folder = await makeTestFolder();
        const killed = await openForTest(folder);
        await killed.terminate();
        const file = join(folder, "server-1.json");
        const record = JSON.parse(await readFile(file, "utf8")) as object;
        await writeFile(file, JSON.stringify({ ...record, pid: process.pid }));
        const server = await openForTest(folder);
        expect(server.pid).not.toBe(killed.pid);
        expect((await readdir(folder)).sort()).toEqual(["data", guardName, "server-2.json", "server.log"]);
    });

    it("leaves alone what a record names that did not come from it", async () => {
        const otherFolder = await makeTestFolder();
        const other = await openForTest(otherFolder);
        const folder = await makeTestFolder();
        const { dev, ino } = await stat(folder);
        const record = JSON.parse(await readFile(join(otherFolder, "server-1.json"), "utf8")) as object;
        await writeFile(join(folder, "server-1.json"), JSON.stringify({ ...record, folderId: `${dev}:${ino}` }));
        // None of these was written by a server.
        await writeFile(join(folder, "server-2.json"), JSON.stringify({ ...record, pid: 1 }));
        await writeFile(join(folder, "server-3.json"), "null");
        await writeFile(join(folder, "server-004.json"), JSON.stringify(record));
        await writeFile(join(folder, `server-1${"0".repeat(20)}.json`), JSON.stringify(record));
        const server = await openForTest(folder);
        expect(server.pid).not.toBe(other.pid);
        expect(await readdir(other.connection.host)).toContain(".s.PGSQL.5432");
    });

    it("is made in a folder that others could only read, which it closes", async () => {
        const folder = await makeTestFolder();
        await writeFile(join(folder, "interface.json"), "{}");
        await chmod(folder, 0o755);
        await openForTest(folder);
        expect((await stat(folder)).mode & 0o777).toBe(0o700);
    });

    it("is not found from a copy of its folder", async () => {
        const folder = await makeTestFolder();
        const server = await openForTest(folder);
        const copy = await makeTestFolder();
        await cp(join(folder, "server-1.json"), join(copy, "server-1.json"));
        expect((await openForTest(copy)).pid).not.toBe(server.pid);
    });

    it("writes nothing into a folder that has taken the place of its own", async () => {
        const folder = join(await makeTestFolder(), ".stardeck");
        const orphan = await openForTest(folder);
        const client = await connectForTest(orphan);
        await rm(folder, { recursive: true });
        await mkdir(folder);
        await expect(client.query("create table orders (order_id integer)")).rejects.toThrow();
        await waitForEnd(orphan.pid);
        expect(await readdir(folder)).toEqual([]);
    });

    it("ignores the half of a database that a killed start has left", async () => {
        const folder = await makeTestFolder();
        await mkdir(join(folder, "data.unfinished-1"));
        await writeFile(join(folder, "data.unfinished-1", "PG_VERSION"), "18\n");
        await openForTest(folder);
        expect((await readdir(folder)).sort()).toEqual(["data", guardName, "server-1.json", "server.log"]);
    });
});
