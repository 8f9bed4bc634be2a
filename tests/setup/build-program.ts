import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const preparations = ["dist/src/database/embedded/prepare-template.js", "dist/src/demo/prepare-demo.js"];

/**
 * Builds `dist/`, which the tests that start the program run. A type error is printed and does not stop the tests:
 * the compiler writes its output all the same, and the type check is a gate of its own.
 */
export function buildProgram(): void {
    runNode([join(root, "node_modules/typescript/bin/tsc"), "--project", "tsconfig.build.json"]);
    if (!runNode([join(root, "tools/bundle-interface.js")])) {
        throw new Error("React and Ink could not be bundled: see the output above.");
    }
    for (const preparation of preparations.map((path) => join(root, path))) {
        if (!runNode([preparation])) {
            throw new Error(`${preparation} failed: see the output above.`);
        }
    }
}

function runNode(args: readonly string[]): boolean {
    return spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] }).status === 0;
}
