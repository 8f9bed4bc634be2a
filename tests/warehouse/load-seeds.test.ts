import { mkdtemp, writeFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, inject, it } from "vitest";
import { readProject } from "../../src/project/read-project.js";
import { loadSeeds } from "../../src/warehouse/load-seeds.js";
import { describeOnBothDatabases } from "../setup/databases.js";

const config = `import { defineConfig } from "stardeck";
export default defineConfig({
    name: "shop",
    seeds: { schema: "lists", tables: { country: { description: "Countries.", columns: { code: "char(2)" } } } },
});
`;

describeOnBothDatabases("loadSeeds", (test) => {
    async function load(csv: string): Promise<readonly string[]> {
        const folder = await mkdtemp(join(inject("runFolder"), "seeds-"));
        for (const [path, text] of [
            ["stardeck.config.ts", config],
            ["seeds-sql/country.csv", csv],
        ] as const) {
            await mkdir(dirname(join(folder, path)), { recursive: true });
            await writeFile(join(folder, path), text);
        }
        const project = readProject(folder, { cacheFolder: null });
        return test.connected.withTransaction((connection) => loadSeeds(connection, project));
    }

    async function rows(): Promise<readonly object[]> {
        return (
            await test.connected.query(
                "select (to_jsonb(country) - 'loaded_at') as row from lists.country order by code",
            )
        ).rows.map(({ row }) => row as object);
    }

    it("fills a table, and fills it anew when its file has changed and not before", async () => {
        expect(await load('code,name,people\nDE,Germany,84\nFR,"France, the ""Hexagone""",\n')).toEqual(["country"]);
        expect(await rows()).toEqual([
            { code: "DE", name: "Germany", people: 84 },
            { code: "FR", name: 'France, the "Hexagone"', people: null },
        ]);
        expect(await load('code,name,people\nDE,Germany,84\nFR,"France, the ""Hexagone""",\n')).toEqual([]);
        expect(await load("code,name,people\nDE,Deutschland,84\n")).toEqual(["country"]);
        expect(await rows()).toEqual([{ code: "DE", name: "Deutschland", people: 84 }]);
    });

    it("adds, drops and retypes columns as the file has them", async () => {
        await load("code,people,area\nDE,84.5,357588\n");
        expect(await rows()).toEqual([{ code: "DE", people: 84.5, area: 357_588 }]);
    });

    it("says which file does not fit, and leaves the rows that were there", async () => {
        const before = await rows();
        await expect(load("code,people\nDEU,84\n")).rejects.toThrow(
            "seeds-sql/country.csv cannot be loaded: value too long for type character(2).",
        );
        expect(await rows()).toEqual(before);
    });

    it("leaves a table alone that somebody else has made", async () => {
        await test.connected.query("comment on table lists.country is 'Mine.'");
        await expect(load("code\nDE\n")).rejects.toThrow(
            "lists.country is there already, and stardeck did not make it.",
        );
    });
});
