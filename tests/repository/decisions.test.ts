import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageFolder } from "../../src/config/package-folder.js";

const folder = join(packageFolder, "docs/decisions");
const files = readdirSync(folder).filter((name) => name !== "README.md" && name !== "template.md");
const read = (name: string): string => readFileSync(join(folder, name), "utf8");

test("every decision has a date and a status", () => {
    const incomplete = files.filter(
        (name) => !/^# .+\n\nDate: \d{4}-\d\d-\d\d\. Status: (proposed|accepted|replaced by .+)\.\n/.test(read(name)),
    );
    expect(files.length).toBeGreaterThan(20);
    expect(incomplete).toEqual([]);
});

test("every decision is in the index, under its title", () => {
    const listed = [...read("README.md").matchAll(/^- \[(.+)\]\((.+)\)$/gm)].map(([, title, name]) => [name, title]);
    expect(listed.sort()).toEqual(files.map((name) => [name, /^# (.+)/.exec(read(name))?.[1]]).sort());
});
