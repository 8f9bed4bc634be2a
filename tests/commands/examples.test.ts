import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { catalogue, mainJob } from "../../src/commands/catalogue.js";
import { parseArguments, splitCommand } from "../../src/commands/parse-arguments.js";
import { packageFolder } from "../../src/config/package-folder.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { runStardeck, splitWords } from "./run-stardeck.js";

const pages = readdirSync(join(packageFolder, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => join("docs", file));
const writtenInPages = ["README.md", ...pages].flatMap((page) => {
    const text = readFileSync(join(packageFolder, page), "utf8");
    const fenced = Array.from(text.matchAll(/^```sh\n([^]*?)^```/gm), ([, lines]) => (lines ?? "").split("\n")).flat();
    const inline = Array.from(text.matchAll(/`((?:npx )?stardeck(?: [^`]*)?)`/g), ([, line]) => line ?? "");
    return [...fenced, ...inline];
});
const entries = [...Object.values(catalogue), mainJob];
const writtenInHelp = (await Promise.all(entries.map((entry) => entry.load()))).flatMap(({ command }) =>
    command.examples.map((example) => example.command),
);

/** Every command line that a reader may type; `COMMAND` and its like stand for something else. */
const commandLines = [...new Set([...writtenInPages, ...writtenInHelp])]
    .map((line) => line.replace(/^npx /, ""))
    .filter((line) => /^stardeck( |$)/.test(line) && !/ [A-Z]+( |$)/.test(line.replaceAll(/"[^"]*"/g, "")))
    .sort();

it("finds the command lines of README, help and docs", () => {
    expect(commandLines.length).toBeGreaterThan(40);
    expect(splitWords(`stardeck show a --where "b = 'c d'" > e.csv # f`)).toEqual([
        "show",
        "a",
        "--where",
        "b = 'c d'",
    ]);
});

describe("a command line that the documentation names", () => {
    it.each(commandLines)("is understood: %s", async (line) => {
        const { name, rest } = splitCommand(splitWords(line));
        const entry = name === null ? mainJob : catalogue[name];
        const { command } = (await entry?.load()) ?? {};
        if (command === undefined) {
            throw new Error(`There is no command "${name}".`);
        }
        // Without its name alone, a required argument is left to the reader.
        const required = rest.length === 0 ? [] : command.arguments;
        expect(() => parseArguments(rest, command.flags, required, command.name)).not.toThrow();
    });
});

const readingCommands = ["debug", "ls", "lineage", "explain", "show", "query", "history", "verify"];

/** Whether it changes nothing and needs nothing but the database: another server or a file is the reader's. */
function isReading(line: string): boolean {
    const words = splitWords(line);
    const [name = ""] = words;
    const isHelp = words.length > 0 && words.every((word) => ["--help", "--version"].includes(word));
    const reads =
        (readingCommands.includes(name) && (words.length > 1 || ["debug", "ls", "history", "verify"].includes(name))) ||
        /^(migrate --status|build --dry-run)$/.test(words.join(" "));
    const needsMore = ["--file", "-f", "--database-url"].some((flag) => words.includes(flag));
    return isHelp || (reads && !needsMore);
}

describeOnBothDatabases("a command line that only reads", { template: "built" }, (database) => {
    it.each(commandLines.filter(isReading))("runs: %s", async (line) => {
        const { exitCode, stderr } = await runStardeck(database, splitWords(line));
        expect([exitCode, exitCode === 0 ? "" : stderr]).toEqual([0, ""]);
    });
});
