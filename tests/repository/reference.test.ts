import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { catalogue } from "../../src/commands/catalogue.js";
import { updateCommands } from "../../src/commands/reference.js";
import { packageFolder } from "../../src/config/package-folder.js";
import { updateKeyTable } from "../../src/tui/app/key-table.js";

const read = (path: string): string => readFileSync(join(packageFolder, path), "utf8");

describe("the reference", () => {
    test("holds the commands as they describe themselves (npm run reference)", async () => {
        const page = read("docs/reference/commands.md");
        expect(page).toBe(await updateCommands(page));
    });

    test("holds the keys as the interface has them (npm run reference)", () => {
        const page = read("docs/reference/keys.md");
        expect(page).toBe(updateKeyTable(page));
    });

    test("has a section for every command", () => {
        const sections = [...read("docs/reference/commands.md").matchAll(/^## `stardeck (\w+)`$/gm)].map(
            (match) => match[1],
        );
        expect(sections).toEqual(Object.keys(catalogue));
    });
});
