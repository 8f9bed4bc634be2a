import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { writeWholeFile } from "../../src/config/write-file.js";

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

    it.skipIf(process.getuid?.() === 0)("says that there is no permission", async () => {
        const folder = await makeFolder();
        await chmod(folder, 0o500);
        await expect(write(join(folder, "deck.html"), "")).rejects.toMatchObject({
            message: `deck.html cannot be written in ${folder}: no permission.`,
        });
        await chmod(folder, 0o700);
    });
});
