import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** An absolute path for one that a person typed; `~` is their home folder, as in a shell. */
export function resolvePath(workingFolder: string, path: string): string {
    return path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : resolve(workingFolder, path);
}
