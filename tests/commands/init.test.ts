import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readProject } from "../../src/project/read-project.js";
import { describeOnServer } from "../setup/databases.js";
import { startStardeck } from "./run-stardeck.js";

describeOnServer("stardeck init", {}, (test) => {
    const run = (...args: readonly string[]) => startStardeck(test, ["init", ...args]).finished;

    it("makes an empty project in a folder that is not there yet", async () => {
        const { exitCode, stdout } = await run("empty-shop");
        const folder = join(test.workingFolder, "empty-shop");
        expect([exitCode, stdout]).toEqual([0, `Made the project empty-shop in ${folder}.\n`]);
        expect(readProject(folder, { cacheFolder: null })).toMatchObject({ name: "empty-shop", models: [] });
    });

    it("refuses a folder that holds something, and writes nothing there", async () => {
        const folder = join(test.workingFolder, "used");
        await mkdir(folder);
        await writeFile(join(folder, "notes.txt"), "mine");
        const { exitCode, stderr } = await run("used");
        expect([exitCode, stderr]).toEqual([
            2,
            `${folder} is not empty: it holds notes.txt.\nName a folder that is empty or not there yet. Nothing was written.\n`,
        ]);
        expect(await readdir(folder)).toEqual(["notes.txt"]);
    });

    it("copies the webshop under another name", async () => {
        expect(await run("copy", "--example", "webshop", "--name", "my-shop")).toMatchObject({ exitCode: 0 });
        const project = readProject(join(test.workingFolder, "copy"), { cacheFolder: null });
        expect([project.name, project.models.length]).toEqual(["my-shop", 18]);
    });

    it("describes a database, and leaves schemas that others have made to them", async () => {
        await test.connected.query("create schema marts");
        await test.connected.query("create schema seeds");
        await test.connected.query("create table marts.revenue (id int primary key)");
        await test.connected.query("create table public.orders (id int primary key, updated_at timestamptz)");
        await test.connected.query("create table public.customers (id int primary key)");
        const { exitCode, stderr } = await run("found", "--from-database");
        expect(exitCode, stderr).toBe(0);
        const folder = join(test.workingFolder, "found");
        expect(await readFile(join(folder, "stardeck.config.ts"), "utf8"))
            .toBe(`import { defineConfig } from "stardeck";

export default defineConfig({
    name: "found",
    layers: [
        { name: "prep", schema: "prep", materialisation: "view" },
        { name: "warehouse", schema: "warehouse", materialisation: "table" },
        { name: "marts", schema: "found_marts", materialisation: "table" },
    ],
    sourceSchema: "public",
    seeds: { schema: "found_seeds" },
});
`);
        expect(readProject(folder, { cacheFolder: null }).sources.map(({ schema, name }) => [schema, name])).toEqual([
            [null, "customers"],
            [null, "orders"],
            ["marts", "revenue"],
        ]);
    });
});
