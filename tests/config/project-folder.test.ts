import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageFolder } from "../../src/config/package-folder.js";
import { findProject } from "../../src/config/project-folder.js";
import { writeFiles } from "../project/write-project.js";

describe("findProject", () => {
    it("finds the nearest project from the working folder upwards", () => {
        const outer = writeFiles({ "stardeck.config.ts": "", "inner/stardeck.config.ts": "" });
        mkdirSync(join(outer, "inner/migrations/models"), { recursive: true });
        mkdirSync(join(outer, "other"));
        const found = (folder: string): string => findProject(undefined, {}, join(outer, folder)).folder;
        expect(["", "other", "inner", "inner/migrations/models"].map(found)).toEqual([
            outer,
            outer,
            join(outer, "inner"),
            join(outer, "inner"),
        ]);
    });

    it("takes the webshop that comes along where there is none", () => {
        expect(findProject(undefined, {}, writeFiles({}))).toEqual({ folder: packageFolder, cameAlong: true });
    });

    it("takes the folder that a flag names before the one that the environment names, and that before the working folder", () => {
        const folder = writeFiles({
            "stardeck.config.ts": "",
            "one/stardeck.config.ts": "",
            "two/stardeck.config.ts": "",
        });
        expect(findProject(undefined, { STARDECK_PROJECT: "one" }, folder).folder).toBe(join(folder, "one"));
        expect(findProject("two", { STARDECK_PROJECT: "one" }, folder).folder).toBe(join(folder, "two"));
        expect(findProject(undefined, { STARDECK_PROJECT: "" }, folder).folder).toBe(folder);
    });

    it("refuses a named folder without a project, in which it looks no further up", () => {
        const folder = writeFiles({ "stardeck.config.ts": "", "empty/README.md": "" });
        const named = join(folder, "empty");
        expect(() => findProject("empty", {}, folder)).toThrow(
            `There is no project in ${named}: it holds no stardeck.config.ts.`,
        );
    });
});
