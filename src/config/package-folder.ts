import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

/** The folder of stardeck's own package.json, found from `src` and from the built `dist` alike. */
export const packageFolder = findHolder("package.json", here);

function findHolder(name: string, folder: string): string {
    return existsSync(join(folder, name)) ? folder : findHolder(name, dirname(folder));
}
