import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const prepareTemplate = join(root, "dist/src/database/embedded/prepare-template.js");

/**
 * Builds `dist/`, which the tests that start the program run. A type error is printed and does not stop the tests:
 * the compiler writes its output all the same, and the type check is a gate of its own.
 */
export function buildProgram(): void {
    runNode([join(root, "node_modules/typescript/bin/tsc"), "--project", "tsconfig.build.json"]);
    if (!runNode([join(root, "tools/bundle-interface.js")])) {
        throw new Error("React and Ink could not be bundled: see the output above.");
    }
    if (existsSync(prepareTemplate) && !runNode([prepareTemplate])) {
        throw new Error("The prebuilt data folder of the embedded database could not be made: see the output above.");
    }
}

function runNode(args: readonly string[]): boolean {
    return spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] }).status === 0;
}
