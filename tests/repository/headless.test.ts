import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const logger = pathToFileURL(join(import.meta.dirname, "loaded-modules.js")).href;

interface Run {
    readonly status: number | null;
    readonly output: string;
    /** The packages that it loaded. */
    readonly packages: ReadonlySet<string>;
    /** The files of the built program that it loaded. */
    readonly files: readonly string[];
}

function runNode(args: readonly string[], workingFolder = root): Run {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", logger, ...args], {
        cwd: workingFolder,
        encoding: "utf8",
    });
    const loaded = stderr.matchAll(/^loaded file:.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/gm);
    const files = stderr.matchAll(/^loaded file:.*\/dist\/program\/(.*)/gm);
    return {
        status,
        output: stdout,
        packages: new Set(Array.from(loaded, ([, name]) => name ?? "")),
        files: Array.from(files, ([, name]) => name ?? ""),
    };
}

it("sees ink and react where they are loaded", () => {
    const { packages } = runNode(["--input-type=module", "--eval", 'await import("ink")']);
    expect([...packages]).toEqual(expect.arrayContaining(["ink", "react"]));
});

it("has them once in the built program, and loads neither for a command", () => {
    const program = join(root, "dist/program");
    const holding = (mark: string): readonly string[] =>
        readdirSync(program).filter(
            (name) => name.endsWith(".js") && readFileSync(join(program, name), "utf8").includes(mark),
        );
    const withReact = holding("react.transitional.element");
    const withInk = holding("ink-root");
    expect([withReact.length, withInk.length]).toEqual([1, 1]);

    const { status, output, packages, files } = runNode(["dist/program/cli.js", "build", "--help"]);
    expect(status).toBe(0);
    expect(output).toContain("stardeck build");
    expect(files).toContain("cli.js");
    expect([...packages].filter((name) => /^(ink|react)(-|$)/.test(name))).toEqual([]);
    expect(files.filter((name) => [...withReact, ...withInk].includes(name))).toEqual([]);
});

it("loads PostgreSQL's parser only where a statement of a person is judged", () => {
    const { packages, output } = runNode([
        "--input-type=module",
        "--eval",
        'await import("libpg-query"); console.log("loaded")',
    ]);
    expect(output).toBe("loaded\n");
    expect([...packages]).toContain("libpg-query");

    const folder = mkdtempSync(join(tmpdir(), "headless-"));
    try {
        const program = join(root, "dist/program/cli.js");
        const loadedBy = (...args: readonly string[]): readonly (number | string | null)[] => {
            const run = runNode([program, ...args], folder);
            return [run.status, ...[...run.packages].filter((name) => name === "libpg-query")];
        };
        expect(loadedBy("debug", "--json")).toEqual([0]);
        expect(loadedBy("query", "select 1")).toEqual([0, "libpg-query"]);
    } finally {
        rmSync(folder, { recursive: true });
    }
});
