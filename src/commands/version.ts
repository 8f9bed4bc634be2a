import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "../config/package-folder.js";

/** The version in stardeck's package.json. */
export function packageVersion(): string {
    const { version } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as { version: string };
    return version;
}
