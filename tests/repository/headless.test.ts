import { spawnSync } from "node:child_process";
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
    /** The modules of the interface that it loaded; the built program has ink and react in one of them. */
    readonly interfaceModules: readonly string[];
}

function runNode(args: readonly string[]): Run {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", logger, ...args], {
        cwd: root,
        encoding: "utf8",
    });
    const loaded = stderr.matchAll(/^loaded file:.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/gm);
    const modules = stderr.matchAll(/^loaded file:.*\/dist\/src\/(tui\/.*)/gm);
    return {
        status,
        output: stdout,
        packages: new Set(Array.from(loaded, ([, name]) => name ?? "")),
        interfaceModules: Array.from(modules, ([, name]) => name ?? ""),
    };
}

it("sees ink and react where they are loaded", () => {
    const { packages } = runNode(["--input-type=module", "--eval", 'await import("ink")']);
    expect([...packages]).toEqual(expect.arrayContaining(["ink", "react"]));
});

it("loads them from one file in the built program", () => {
    const { packages, interfaceModules } = runNode([
        "--input-type=module",
        "--eval",
        'await import("./dist/src/tui/ink.js")',
    ]);
    expect([...packages]).toEqual([]);
    expect(interfaceModules).toEqual(["tui/ink.js"]);
});

it("loads neither ink nor react for a command", () => {
    const { status, output, packages, interfaceModules } = runNode(["dist/src/cli.js", "build", "--help"]);
    expect(status).toBe(0);
    expect(output).toContain("stardeck build");
    expect(packages).toContain("meow");
    expect([...packages].filter((name) => /^(ink|react)(-|$)/.test(name))).toEqual([]);
    expect(interfaceModules).toEqual([]);
});
