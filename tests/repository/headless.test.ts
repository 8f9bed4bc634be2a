import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const logger = pathToFileURL(join(import.meta.dirname, "loaded-modules.js")).href;

/** Runs Node and gives its exit code and the packages that it loaded. */
function runNode(args: readonly string[]): { status: number | null; output: string; packages: ReadonlySet<string> } {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", logger, ...args], {
        cwd: root,
        encoding: "utf8",
    });
    const loaded = stderr.matchAll(/^loaded file:.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/gm);
    return { status, output: stdout, packages: new Set(Array.from(loaded, ([, name]) => name ?? "")) };
}

it("sees ink and react where they are loaded", () => {
    const { packages } = runNode(["--input-type=module", "--eval", 'await import("ink")']);
    expect([...packages]).toEqual(expect.arrayContaining(["ink", "react"]));
});

it("loads neither ink nor react for a command", () => {
    const { status, output, packages } = runNode(["dist/src/cli.js", "build", "--help"]);
    expect(status).toBe(0);
    expect(output).toContain("stardeck build");
    expect(packages).toContain("meow");
    expect([...packages].filter((name) => /^(ink|react)(-|$)/.test(name))).toEqual([]);
});
