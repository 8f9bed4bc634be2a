import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of stardeck's own package.json: the same whether this runs from `src/` or from `dist/src/`. */
export const packageFolder = findPackageFolder(dirname(fileURLToPath(import.meta.url)));

function findPackageFolder(folder: string): string {
    return existsSync(join(folder, "package.json")) ? folder : findPackageFolder(dirname(folder));
}
