import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "../config/package-folder.js";

/** The prepared demo warehouse: the data directory of an embedded database, as an archive. */
export const demoArchive = join(packageFolder, "dist", "demo-warehouse.archive");

/** The files that the rows and the recorded runs of the demo depend on, relative to the package's folder. */
const inputs = [
    "stardeck.config.ts",
    "migrations",
    "seeds-sql",
    ...["demo", "seeds", "engine", "runs", "warehouse", "project", "derivation", "database", "sql"].map(
        (folder) => `dist/src/${folder}`,
    ),
];

/** A digest of the files above: when it changes, the demo warehouse is made again. */
export function digestInputs(): string {
    const digest = createHash("sha256");
    for (const path of inputs.flatMap(listFiles)) {
        digest.update(`${path}\0`);
        digest.update(readFileSync(join(packageFolder, path)));
    }
    return digest.digest("hex");
}

function listFiles(path: string): readonly string[] {
    const absolute = join(packageFolder, path);
    return statSync(absolute).isDirectory()
        ? readdirSync(absolute)
              .sort()
              .flatMap((name) => listFiles(`${path}/${name}`))
        : [path];
}
