import {
    chmod,
    mkdir,
    mkdtemp,
    readdir,
    readFile,
    readlink,
    rename,
    rm,
    stat,
    symlink,
    writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { findFreePath, writeWholeFile } from "../../src/config/write-file.js";
import { asSuperuser, isSuperuser, itWhere } from "../setup/describe-where.js";

async function makeFolder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "stardeck-write-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    return folder;
}

function write(path: string, text: string): Promise<void> {
    return writeWholeFile(path, (append) => append(text));
}

describe("writeWholeFile", () => {
    it("replaces a file as a whole, or leaves it as it was", async () => {
        const folder = await makeFolder();
        const file = join(folder, "deck.html");
        await write(file, "first");
        await write(file, "second");
        const failure = writeWholeFile(file, async (append) => {
            await append("third");
            throw new Error("no more");
        });
        await expect(failure).rejects.toThrow("no more");
        expect([await readFile(file, "utf8"), await readdir(folder)]).toEqual(["second", ["deck.html"]]);
    });

    it("never takes the place of a folder or a device", async () => {
        const folder = await makeFolder();
        await mkdir(join(folder, "inner"));
        await symlink("/dev/null", join(folder, "device"));
        for (const path of [join(folder, "inner"), join(folder, "device")]) {
            await expect(write(path, "text")).rejects.toMatchObject({
                message: `${path} is a folder, or no file of the ordinary kind.`,
            });
        }
        expect((await stat(join(folder, "device"))).isCharacterDevice()).toBe(true);
    });

    it("keeps the mode of a file that it replaces, and gives a new one what the umask says", async () => {
        const folder = await makeFolder();
        const file = join(folder, "private.csv");
        await writeFile(file, "before", { mode: 0o600 });
        await write(file, "after");
        await write(join(folder, "new.csv"), "");
        await writeFile(join(folder, "usual.csv"), "");
        expect((await stat(file)).mode & 0o777).toBe(0o600);
        expect((await stat(join(folder, "new.csv"))).mode).toBe((await stat(join(folder, "usual.csv"))).mode);
        await chmod(file, 0o664);
        await write(file, "again");
        expect((await stat(file)).mode & 0o777).toBe(0o664);
    });

    it("replaces what a link leads to, and keeps the link", async () => {
        const folder = await makeFolder();
        const other = await makeFolder();
        await writeFile(join(other, "real.csv"), "before", { mode: 0o600 });
        await symlink(join(other, "real.csv"), join(folder, "link.csv"));
        await write(join(folder, "link.csv"), "after");
        expect(await readlink(join(folder, "link.csv"))).toBe(join(other, "real.csv"));
        expect(await readFile(join(other, "real.csv"), "utf8")).toBe("after");
        expect([await readdir(folder), await readdir(other)]).toEqual([["link.csv"], ["real.csv"]]);
        await symlink(join(other, "none"), join(folder, "dangling"));
        await expect(write(join(folder, "dangling"), "")).rejects.toMatchObject({
            message: `${join(folder, "dangling")} is a link to a file that does not exist.`,
        });
    });

    it("follows no link that was put where a draft might go", async () => {
        const folder = await makeFolder();
        const other = await makeFolder();
        await writeFile(join(other, "victim"), "untouched");
        await symlink(join(other, "victim"), join(folder, "deck.html.unfinished"));
        await write(join(folder, "deck.html"), "deck");
        expect(await readFile(join(other, "victim"), "utf8")).toBe("untouched");
    });

    it("refuses a path that is being written, by any name, and suggests another", async () => {
        const folder = await makeFolder();
        const file = join(folder, "query.csv");
        await symlink(folder, join(folder, "here"));
        await writeWholeFile(file, async (append) => {
            await expect(write(join(folder, "here", "query.csv"), "second")).rejects.toMatchObject({
                message: `${join(folder, "here", "query.csv")} is being written already.`,
            });
            expect(await findFreePath(file)).toBe(join(folder, "query-2.csv"));
            await append("first");
        });
        expect(await readFile(file, "utf8")).toBe("first");
        await write(join(folder, "query-2.csv"), "");
        expect(await findFreePath(file)).toBe(join(folder, "query-3.csv"));
        await write(file, "third");
    });

    it("replaces nothing that another program has written meanwhile, and keeps both", async () => {
        const folder = await makeFolder();
        const file = join(folder, "query.csv");
        const writeLate = (): Promise<void> =>
            writeWholeFile(file, async (append) => {
                await append("ours");
                await writeFile(file, "theirs");
            });
        for (const other of ["query-2.csv", "query-3.csv"]) {
            await expect(writeLate()).rejects.toMatchObject({
                message: `Another program has written ${file} meanwhile, and that was left as it is.`,
                hint: `What was written here is in ${join(folder, other)}.`,
            });
            expect(await readFile(join(folder, other), "utf8")).toBe("ours");
        }
        const moveAway = writeWholeFile(file, async (append) => {
            await append("ours");
            await rename(file, join(folder, "away.csv"));
        });
        await moveAway;
        expect(await readFile(file, "utf8")).toBe("ours");
        expect((await readdir(folder)).sort()).toEqual(["away.csv", "query-2.csv", "query-3.csv", "query.csv"]);
    });

    it("says what is wrong with a place that it cannot write to", async () => {
        const folder = await makeFolder();
        await writeFile(join(folder, "file"), "");
        await expect(write(join(folder, "none", "deck.html"), "")).rejects.toMatchObject({
            message: `There is no folder ${join(folder, "none")}.`,
            hint: "Choose another place.",
        });
        await expect(write(join(folder, "file", "deck.html"), "")).rejects.toMatchObject({
            message: `${join(folder, "file")} is not a folder.`,
        });
    });

    itWhere(!isSuperuser, "says that there is no permission", asSuperuser, async () => {
        const folder = await makeFolder();
        await chmod(folder, 0o500);
        await expect(write(join(folder, "deck.html"), "")).rejects.toMatchObject({
            message: `deck.html cannot be written in ${folder}: no permission.`,
        });
        await chmod(folder, 0o700);
    });
});
