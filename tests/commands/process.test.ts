import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { describeOnServer } from "../setup/databases.js";
import { program } from "./run-stardeck.js";

const logger = pathToFileURL(join(import.meta.dirname, "../repository/loaded-modules.js")).href;

describe("what a command loads", () => {
    it.each([["--version"], ["--help"]])("is no database client for %s", async (flag) => {
        const child = spawn(process.execPath, ["--import", logger, program, flag], {
            stdio: ["ignore", "ignore", "pipe"],
        });
        const loaded = await text(child.stderr);
        expect(loaded).toContain("dist/program/cli.js");
        // What is not in the program's own files: the database's client and Knex.
        expect(Array.from(loaded.matchAll(/node_modules\/([^/\s]+)/g), ([, name]) => name)).toEqual([]);
    });
});

describe("a reader that goes away", () => {
    describeOnServer("on a server", {}, (database) => {
        it("ends a long result quietly", async () => {
            const query = "select repeat('x', 1000) from generate_series(1, 1000000)";
            const child = spawn(process.execPath, [program, "query", query, "--format", "csv", ...database.flags], {
                cwd: database.workingFolder,
                stdio: ["ignore", "pipe", "pipe"],
            });
            const closed = once(child, "close");
            await once(child.stdout, "data");
            child.stdout.destroy();
            expect(await text(child.stderr)).toBe("");
            expect(await closed).toEqual([0, null]);
        });
    });
});
