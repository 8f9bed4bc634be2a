import { readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Project } from "../../src/project/project.js";
import { readProject } from "../../src/project/read-project.js";
import { smallConfig, smallModel, writeFiles } from "./write-project.js";

const files = {
    "stardeck.config.ts": smallConfig,
    "migrations/models/prep/a.sql": smallModel,
    "migrations/models/prep/a.ts": `import { defineModel } from "stardeck";
import { text } from "../../texts.js";

export default defineModel({ columns: { order_id: text } });
`,
    "migrations/texts.ts": 'export const text = "one";\n',
};

/** Writes a file as if it had been there for some time: a file as young as this test is never kept. */
function writeOld(folder: string, path: string, text: string, seconds: number): void {
    writeFileSync(join(folder, path), text);
    utimesSync(join(folder, path), seconds, seconds);
}

function writeOldFiles(): string {
    const folder = writeFiles(files);
    for (const [path, text] of Object.entries(files)) {
        writeOld(folder, path, text, 1_000_000);
    }
    return folder;
}

function describeColumn({ models }: Project): string | undefined {
    return models[0]?.columns.order_id?.description;
}

function keptPaths(cacheFolder: string): readonly string[] {
    const file = readdirSync(cacheFolder).find((name) => name.endsWith(".files.json")) ?? "";
    const { value } = JSON.parse(readFileSync(join(cacheFolder, file), "utf8")) as { value: object };
    return Object.keys(value).sort();
}

describe("the cache of a project", () => {
    it("gives the same project, and keeps what was read of each file", () => {
        const [folder, cacheFolder] = [writeOldFiles(), writeFiles({})];
        const first = readProject(folder, { cacheFolder });
        expect(keptPaths(cacheFolder)).toEqual([
            "migrations/models/prep/a.sql",
            "migrations/models/prep/a.ts",
            "stardeck.config.ts",
        ]);
        expect(readProject(folder, { cacheFolder })).toEqual(first);
    });

    it("reads a file again when one that it imports has changed", () => {
        const [folder, cacheFolder] = [writeOldFiles(), writeFiles({})];
        expect(describeColumn(readProject(folder, { cacheFolder }))).toBe("one");
        writeOld(folder, "migrations/texts.ts", 'export const text = "two";\n', 2_000_000);
        expect(describeColumn(readProject(folder, { cacheFolder }))).toBe("two");
    });

    it("keeps nothing of a file that reads the environment", () => {
        const [folder, cacheFolder] = [writeOldFiles(), writeFiles({})];
        writeOld(folder, "migrations/texts.ts", 'export const text = process.env.HOME ?? "";\n', 1_000_000);
        readProject(folder, { cacheFolder });
        expect(keptPaths(cacheFolder)).toEqual(["migrations/models/prep/a.sql", "stardeck.config.ts"]);
    });

    it("is no trouble where it is broken or cannot be written", () => {
        const [folder, cacheFolder] = [writeOldFiles(), writeFiles({ taken: "" })];
        readProject(folder, { cacheFolder });
        for (const name of readdirSync(cacheFolder)) {
            writeFileSync(join(cacheFolder, name), "{");
        }
        expect(describeColumn(readProject(folder, { cacheFolder }))).toBe("one");
        expect(describeColumn(readProject(folder, { cacheFolder: join(cacheFolder, "taken") }))).toBe("one");
    });
});
