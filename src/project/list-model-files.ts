import { basename } from "node:path";
import { findFiles } from "./find-files.js";

/** Absolute paths of a model's files, its SELECT first. Works even when other files of the project have problems. */
export function listModelFiles(projectFolder: string, modelName: string): readonly string[] {
    const { files } = findFiles(projectFolder, "migrations/models", [".sql", ".ts", ".yml", ".yaml"]);
    return files
        .filter(({ path }) => stemOf(basename(path)) === modelName)
        .sort((one, other) => Number(other.path.endsWith(".sql")) - Number(one.path.endsWith(".sql")))
        .map(({ absolutePath }) => absolutePath);
}

/** The path without endings, the same for all files of a model: `migrations/models/marts/mart_revenue`. */
export function stemOf(path: string): string {
    return path.replace(/(\.test)?\.[a-z]+$/, "");
}
