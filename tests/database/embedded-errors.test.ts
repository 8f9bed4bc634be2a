import { chmod, mkdir, readFile, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openEmbedded } from "../../src/database/embedded/open-embedded.js";
import { StardeckError } from "../../src/database/errors.js";
import { makeTestFolder, openForTest } from "./embedded-folder.js";

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

describe("opening the embedded database fails with one sentence and a way out", () => {
    it("when a file is in the place of the folder", async () => {
        const folder = join(await makeTestFolder(), ".stardeck");
        await writeFile(folder, "");
        expect(await findProblem(folder)).toEqual({
            message: `The embedded database needs a folder at ${folder}, but a file is in its way.`,
            hint: "Move the file away, or start stardeck in another folder.",
        });
    });

    // The superuser may write anywhere.
    it.skipIf(process.getuid?.() === 0)("when the folder cannot be written to", async () => {
        const parent = await makeTestFolder();
        await chmod(parent, 0o500);
        expect(await findProblem(join(parent, ".stardeck"))).toEqual({
            message: `The embedded database cannot write to ${parent}/.stardeck (EACCES).`,
            hint: "Give yourself write permission there, start stardeck in another folder, or name a server with --database-url.",
        });
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
        await writeFile(file, JSON.stringify({ ...record, host: "elsewhere.example" }));
        expect(await findProblem(folder)).toEqual({
            message: `The embedded database in ${folder} is in use on the machine elsewhere.example (process ${server.pid}, since ${record.startedAt}).`,
            hint: `End stardeck there. If nothing runs there any more, delete ${file} and try again.`,
        });
    });
});
