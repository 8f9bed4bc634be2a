import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageFolder } from "../../src/config/package-folder.js";
import { readProject } from "../../src/project/read-project.js";
import { readGuide } from "./read-guide.js";
import { readFiles } from "./write-project.js";

const examples = join(packageFolder, "examples");

describe("the example projects", () => {
    it.each(readdirSync(examples))("%s has no problem", (name) => {
        const project = readProject(join(examples, name), { cacheFolder: null });
        expect(project.name).toBe(name);
        expect(project.models.length).toBeGreaterThan(0);
    });
});

it("the files of the guide make a project without a problem", () => {
    const { files } = readGuide();
    const { sources, models } = readFiles(Object.fromEntries(files.map(({ path, text }) => [path, text])));
    expect(sources.map(({ name }) => name)).toEqual(["orders"]);
    expect(models.map(({ layer, name }) => `${layer}.${name}`)).toEqual([
        "prep.stg_orders",
        "marts.mart_weekly_revenue",
    ]);
});
