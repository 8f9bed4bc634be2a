import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "../config/package-folder.js";

/** The prepared demo warehouse: the data directory of an embedded database, as an archive. */
export const demoArchive = join(packageFolder, "dist", "demo-warehouse.archive");

/** What the rows and the recorded runs of the demo depend on, below the package's folder. */
const inputFolders = [
    "migrations/sql",
    "seeds-sql",
    "dist/migrations",
    "dist/src/demo",
    "dist/src/seeds",
    "dist/src/engine",
    "dist/src/warehouse",
];

/** A digest of all that the demo warehouse is made from: it is made anew when this changes. */
export function digestInputs(): string {
    const digest = createHash("sha256");
    for (const folder of inputFolders) {
        for (const entry of readdirSync(join(packageFolder, folder), { withFileTypes: true })) {
            if (entry.isFile()) {
                digest.update(`${folder}/${entry.name}\0`);
                digest.update(readFileSync(join(packageFolder, folder, entry.name)));
            }
        }
    }
    return digest.digest("hex");
}
