import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const preparations = ["dist/src/database/embedded/prepare-template.js", "dist/src/demo/prepare-demo.js"];

/** What `dist/` is made from. */
const inputs = ["src", "migrations", "seeds-sql", "tools/bundle-program.js", "package.json", "tsconfig.json"];

/** Builds `dist/`, which the tests that start the program run, unless it is newer than all it is made from. Types are checked elsewhere. */
export function buildProgram(): void {
    if (isBuilt()) {
        return;
    }
    runNode([join(root, "node_modules/typescript/bin/tsc"), "--project", "tsconfig.build.json", "--noCheck"]);
    if (!runNode([join(root, "tools/bundle-program.js")])) {
        throw new Error("The program could not be bundled: see the output above.");
    }
    for (const preparation of preparations.map((path) => join(root, path))) {
        if (!runNode([preparation])) {
            throw new Error(`${preparation} failed: see the output above.`);
        }
    }
}

function isBuilt(): boolean {
    const outputs = ["dist/program/cli.js", "dist/demo-warehouse.archive"].map((path) => join(root, path));
    return (
        outputs.every(existsSync) &&
        findNewestMs(inputs.map((path) => join(root, path))) < statSync(outputs[0] ?? "").mtimeMs
    );
}

/** The newest modification time of files, and of everything below folders; folders count too, because of removed files. */
function findNewestMs(paths: readonly string[]): number {
    return Math.max(
        ...paths.map((path) => {
            const { mtimeMs } = statSync(path);
            const entries = statSync(path).isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [];
            return Math.max(mtimeMs, entries.length === 0 ? 0 : findNewestMs(entries));
        }),
    );
}

function runNode(args: readonly string[]): boolean {
    return spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] }).status === 0;
}
