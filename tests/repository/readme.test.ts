import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { catalogue } from "../../src/commands/catalogue.js";
import { updateReadme } from "../../src/commands/reference.js";
import { updateKeyTable } from "../../src/tui/app/key-table.js";
import { packageFolder } from "../../src/config/package-folder.js";

const readme = readFileSync(join(packageFolder, "README.md"), "utf8");

describe("the README", () => {
    test("holds the command reference as the commands describe themselves (npm run readme)", async () => {
        expect(readme).toBe(await updateReadme(readme));
    });

    test("holds the keys as the interface has them (npm run readme)", () => {
        expect(readme).toBe(updateKeyTable(readme));
    });

    test("has a section for every command", () => {
        const sections = [...readme.matchAll(/^### `stardeck (\w+)`$/gm)].map((match) => match[1]);
        expect(sections).toEqual(Object.keys(catalogue));
    });

    test("begins with the two commands that a newcomer types", () => {
        const firstBlock = /```sh\n([\s\S]*?)```/.exec(readme)?.[1];
        expect(firstBlock).toBe("npm ci && npm start\nnpm ci && npm test\n");
    });
});
