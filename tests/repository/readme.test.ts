import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { packageFolder } from "../../src/config/package-folder.js";

const readme = readFileSync(join(packageFolder, "README.md"), "utf8");

describe("the README", () => {
    test("begins with the two commands that a newcomer types", () => {
        const firstBlock = /```sh\n([\s\S]*?)```/.exec(readme)?.[1];
        expect(firstBlock).toBe("npm ci && npm start\nnpm ci && npm test\n");
    });

    test("links to files that are there", () => {
        const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? "");
        expect(links).toContain("docs/reference/commands.md");
        expect(links.filter((link) => !existsSync(join(packageFolder, link)))).toEqual([]);
    });
});
