import { basename } from "node:path";
import { findFiles } from "./find-files.js";

/** The files of a model, its SELECT first: absolute paths, also where other files of the project cannot be read. */
export function listModelFiles(projectFolder: string, modelName: string): readonly string[] {
    const { files } = findFiles(projectFolder, "migrations/models", [".sql", ".ts", ".yml", ".yaml"]);
    return files
        .filter(({ path }) => stemOf(basename(path)) === modelName)
        .sort((one, other) => Number(other.path.endsWith(".sql")) - Number(one.path.endsWith(".sql")))
        .map(({ absolutePath }) => absolutePath);
}

/** `migrations/models/marts/mart_revenue` of its SELECT, of the file beside it and of its unit tests. */
export function stemOf(path: string): string {
    return path.replace(/(\.test)?\.[a-z]+$/, "");
}
