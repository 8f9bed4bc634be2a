import { readdirSync, realpathSync, statSync, type BigIntStats, type Dirent } from "node:fs";
import { join, sep } from "node:path";
import { problemOf, type FileProblem } from "./problem.js";
import { describeFileError } from "./read-text.js";
import { relativePath } from "./relative-path.js";

/** A file of a project. */
export interface FoundFile {
    /** From the project's folder, with slashes. */
    readonly path: string;
    readonly absolutePath: string;
    /** Changes when the file is written. */
    readonly stamp: string;
}

export interface FoundFiles {
    readonly files: readonly FoundFile[];
    readonly problems: readonly FileProblem[];
}

/** The files with one of these endings in a folder of the project and the folders below, ordered by path; none if the folder is missing. */
export function findFiles(
    projectFolder: string,
    below: string,
    endings: readonly string[],
    { isDeep = true } = {},
): FoundFiles {
    const files: FoundFile[] = [];
    const problems: FileProblem[] = [];
    const wanted = (name: string): boolean => endings.some((ending) => name.endsWith(ending));
    const visit = (folder: string): void => {
        const entries = readFolder(folder);
        if (typeof entries === "string") {
            problems.push(problemOf(relativePath(projectFolder, folder), entries));
            return;
        }
        for (const entry of entries) {
            const absolutePath = join(folder, entry.name);
            const path = relativePath(projectFolder, absolutePath);
            if (isOfAnEditor(entry.name)) {
                continue;
            }
            if (entry.isDirectory()) {
                if (wanted(entry.name)) {
                    problems.push(problemOf(path, "It is a folder with the name of a file; rename it."));
                } else if (isDeep) {
                    visit(absolutePath);
                }
            } else if (wanted(entry.name) || entry.isSymbolicLink()) {
                const found = judgeFile(projectFolder, absolutePath, entry.isSymbolicLink());
                if (typeof found === "string") {
                    problems.push(problemOf(path, found));
                } else if (wanted(entry.name)) {
                    files.push({ path, absolutePath, stamp: stampOf(found) });
                }
            }
        }
    };
    visit(join(projectFolder, below));
    return { files: files.sort((one, other) => (one.path < other.path ? -1 : 1)), problems };
}

/** Hidden files, drafts and backup copies of editors, and `node_modules`. */
function isOfAnEditor(name: string): boolean {
    return name.startsWith(".") || name.startsWith("#") || name.endsWith("~") || name === "node_modules";
}

function readFolder(folder: string): readonly Dirent[] | string {
    try {
        return readdirSync(folder, { withFileTypes: true });
    } catch (error) {
        const code = error instanceof Error && "code" in error ? error.code : undefined;
        return code === "ENOENT"
            ? []
            : code === "ENOTDIR"
              ? "It is a file, where a folder is expected."
              : describeFileError(error);
    }
}

/** The file's stats, or one sentence why it is not read. */
function judgeFile(projectFolder: string, path: string, isLink: boolean): BigIntStats | string {
    try {
        if (isLink && leadsOutOf(projectFolder, path)) {
            return "It is a link that leads out of the project.";
        }
        const stats = statSync(path, { bigint: true });
        if (stats.isDirectory()) {
            return "It is a link to a folder; links to single files are followed.";
        }
        return stats.isFile() ? stats : "It is no ordinary file.";
    } catch (error) {
        return describeFileError(error);
    }
}

/** Whether a path leads out of a folder when links are followed. */
function leadsOutOf(folder: string, path: string): boolean {
    return !realpathSync(path).startsWith(realpathSync(folder) + sep);
}

/** The stamp of a file by its path from the project's folder; null when the file does not exist. */
export function stampOrNull(projectFolder: string, path: string): string | null {
    const stats = statSync(join(projectFolder, path), { bigint: true, throwIfNoEntry: false });
    return stats === undefined ? null : stampOf(stats);
}

function stampOf({ size, mtimeNs, ctimeNs, ino }: BigIntStats): string {
    return [size, mtimeNs, ctimeNs, ino].join(" ");
}
