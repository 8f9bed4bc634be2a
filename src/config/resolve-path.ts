import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Makes a typed path absolute; `~` is the home folder, as in a shell. */
export function resolvePath(workingFolder: string, path: string): string {
    return path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : resolve(workingFolder, path);
}
