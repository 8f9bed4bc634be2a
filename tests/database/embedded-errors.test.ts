import {
    appendFile,
    chmod,
    mkdir,
    readFile,
    readdir,
    rename,
    rm,
    symlink,
    truncate,
    writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { parseSettings } from "../../src/config/settings.js";
import { withDatabase } from "../../src/database/database.js";
import { openEmbedded } from "../../src/database/embedded/open-embedded.js";
import { StardeckError } from "../../src/database/errors.js";
import { isRunning, makeTestFolder, openForTest } from "./embedded-folder.js";
import { asSuperuser, isSuperuser, itWhere } from "../setup/describe-where.js";

/** Message and hint of the error that opening the folder gives. */
async function findProblem(folder: string, answerTimeoutMs = 30_000): Promise<{ message: string; hint: string }> {
    const error = await openEmbedded(folder, { answerTimeoutMs }).then(
        () => null,
        (reason: unknown) => reason,
    );
    if (!(error instanceof StardeckError)) {
        throw new Error(`No StardeckError but ${String(error)}`);
    }
    expect(error.code).toBe("no-database");
    return { message: error.message, hint: error.hint ?? "" };
}

/** A folder with a database in it that nobody serves. */
async function makeClosedFolder(): Promise<string> {
    const folder = await makeTestFolder();
    await (await openEmbedded(folder)).close();
    return folder;
}

function damageHint(data: string): string {
    return `Nothing was deleted. Restore the folder from a copy, or move it away (mv '${data}' '${data}.old') and start again with a new database.`;
}

describe("a connection to the embedded database that is lost", () => {
    async function loseConnection(lastWords: string): Promise<{ folder: string; error: unknown }> {
        const folder = await makeTestFolder();
        const settings = parseSettings({}, {}, folder);
        const lost = withDatabase(settings.database, { ...settings, maxConnections: 1 }, async (database) => {
            const server = await openForTest(join(folder, ".stardeck"));
            await appendFile(
                join(folder, ".stardeck", "server.log"),
                `2025-01-01T00:00:00.000Z [${server.pid}] ${lastWords}\n`,
            );
            await Promise.all([database.query("select pg_sleep(60)"), server.terminate()]);
        });
        return { folder, error: await lost.catch((error: unknown) => error) };
    }

    it("is told as a full disk where that ended PostgreSQL", async () => {
        const { folder, error } = await loseConnection(
            'PANIC:  could not write to file "pg_wal/xlogtemp.42": No space left on device',
        );
        expect(error).toMatchObject({
            code: "no-database",
            message: `No space is left on the disk for the embedded database in ${folder}/.stardeck/data.`,
            hint: "Free some space and try again: it then recovers by itself, and what was committed is kept.",
        });
    });

    it("is told with PostgreSQL's last words where it ended by itself, and as lost where it did not", async () => {
        const ended = await loseConnection("PANIC:  corrupted page");
        expect(ended.error).toMatchObject({
            code: "no-database",
            message: "The embedded database has stopped: corrupted page.",
            hint: `${ended.folder}/.stardeck/server.log says more. What was committed is kept: the next start recovers the database.`,
        });
        const killed = await loseConnection("LOG:  checkpoint starting");
        expect((killed.error as Error).message).toMatch(/^The connection to embedded was lost: /);
    });
});

describe("opening the embedded database fails with one sentence and a way out", () => {
    it("when a file is in the place of the folder", async () => {
        const folder = join(await makeTestFolder(), ".stardeck");
        await writeFile(folder, "");
        expect(await findProblem(folder)).toEqual({
            message: `The embedded database needs a folder at ${folder}, but a file or a link is in its way.`,
            hint: "Move it away, or start stardeck in another folder.",
        });
    });

    itWhere(!isSuperuser, "when the folder cannot be written to", asSuperuser, async () => {
        const parent = await makeTestFolder();
        await chmod(parent, 0o500);
        expect(await findProblem(join(parent, ".stardeck"))).toEqual({
            message: `The embedded database cannot write to ${parent}/.stardeck (EACCES).`,
            hint: "Give yourself write permission there, start stardeck in another folder, or name a server with --database-url.",
        });
    });

    it("when others may write to it", async () => {
        const folder = await makeTestFolder();
        await writeFile(join(folder, "server.log"), "");
        await chmod(folder, 0o777);
        expect(await findProblem(folder)).toEqual({
            message: `Others may write to the folder ${folder}, so what is in it cannot be trusted.`,
            hint: `Look into it, then close it: chmod 700 '${folder}'`,
        });
    });

    it("when its log is a link to another file", async () => {
        const folder = await makeTestFolder();
        const other = join(await makeTestFolder(), "mine");
        await writeFile(other, "mine");
        await symlink(other, join(folder, "server.log"));
        expect(await findProblem(folder)).toEqual({
            message: `${folder}/server.log is a link or no ordinary file, and stardeck writes only to files of its own.`,
            hint: "Move it away and try again.",
        });
        expect(await readFile(other, "utf8")).toBe("mine");
    });

    it("when its data is a link to another database", async () => {
        const closed = await makeClosedFolder();
        const folder = await makeTestFolder();
        const data = join(folder, "data");
        await symlink(join(closed, "data"), data);
        expect(await findProblem(folder)).toEqual({
            message: `The embedded database in ${data} cannot be opened: a symbolic link is in the place of the folder.`,
            hint: damageHint(data),
        });
    });

    it("when a server lives whose socket cannot be reached from here", async () => {
        const folder = await makeTestFolder();
        const { pid, connection } = await openForTest(folder);
        const { startedAt } = JSON.parse(await readFile(join(folder, "server-1.json"), "utf8")) as {
            startedAt: string;
        };
        await rename(connection.host, `${connection.host}.hidden`);
        onTestFinished(() => rename(`${connection.host}.hidden`, connection.host));
        expect(await findProblem(folder)).toEqual({
            message: `The database server of ${folder} (process ${pid}, since ${startedAt}) cannot be reached.`,
            hint: `It may be busy for another stardeck: wait and try again. If it hangs, end it with: kill -9 ${pid} (what is committed is kept)`,
        });
        expect(isRunning(pid)).toBe(true);
    });

    it("when a file is in the place of the data", async () => {
        const folder = await makeTestFolder();
        const data = join(folder, "data");
        await writeFile(data, "mine");
        expect(await findProblem(folder)).toEqual({
            message: `The embedded database in ${data} cannot be opened: a file is in the place of the folder.`,
            hint: damageHint(data),
        });
        expect(await readFile(data, "utf8")).toBe("mine");
    });

    it("when the data is incomplete", async () => {
        const folder = await makeClosedFolder();
        const data = join(folder, "data");
        await rm(join(data, "PG_VERSION"));
        const before = await readdir(data);
        expect(await findProblem(folder)).toEqual({
            message: `The embedded database in ${data} cannot be opened: it holds no complete PostgreSQL database (PG_VERSION is missing).`,
            hint: damageHint(data),
        });
        expect(await readdir(data)).toEqual(before);
    });

    it("when the data is of another major version of PostgreSQL", async () => {
        const folder = await makeTestFolder();
        const data = join(folder, "data");
        await mkdir(data);
        await writeFile(join(data, "PG_VERSION"), "17\n");
        expect(await findProblem(folder)).toEqual({
            message: `The embedded database in ${data} was made by PostgreSQL 17; this stardeck has PostgreSQL 18.`,
            hint: `Use the version of stardeck that made it, or move it away (mv '${data}' '${data}.old') and start again with a new database.`,
        });
    });

    it("when a file of the data is damaged", async () => {
        const folder = await makeClosedFolder();
        const data = join(folder, "data");
        await truncate(join(data, "global", "pg_control"), 100);
        expect(await findProblem(folder)).toEqual({
            message: `The embedded database in ${data} cannot be opened: PostgreSQL cannot start on it (could not read file "global/pg_control": read 100 of 296).`,
            hint: damageHint(data),
        });
    });

    it("when the server does not answer", async () => {
        const folder = await makeTestFolder();
        const { pid } = await openForTest(folder);
        const { startedAt } = JSON.parse(await readFile(join(folder, "server-1.json"), "utf8")) as {
            startedAt: string;
        };
        process.kill(pid, "SIGSTOP");
        onTestFinished(() => {
            process.kill(pid, "SIGCONT");
        });
        expect(await findProblem(folder, 1000)).toEqual({
            message: `The database server of ${folder} (process ${pid}, since ${startedAt}) has not answered for 1 s.`,
            hint: `It may be busy for another stardeck: wait and try again. If it hangs, end it with: kill -9 ${pid} (what is committed is kept)`,
        });
        process.kill(pid, "SIGCONT");
    });

    it("when the folder is in use on another machine", async () => {
        const folder = await makeTestFolder();
        const server = await openForTest(folder);
        await server.terminate();
        const file = join(folder, "server-1.json");
        const record = JSON.parse(await readFile(file, "utf8")) as { startedAt: string };
        await writeFile(file, JSON.stringify({ ...record, host: "elsewhere.example", bootId: "another" }));
        expect(await findProblem(folder)).toEqual({
            message: `The embedded database in ${folder} is in use on the machine elsewhere.example (process ${server.pid}, since ${record.startedAt}).`,
            hint: `End stardeck there. If nothing runs there any more, delete ${file} and try again.`,
        });
    });
});
