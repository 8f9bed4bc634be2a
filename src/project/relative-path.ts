import { relative, sep } from "node:path";

/** The path from the project's folder, with slashes on every system. */
export function relativePath(folder: string, path: string): string {
    return relative(folder, path).replaceAll(sep, "/");
}
