import { readdirSync, readFileSync, writeFileSync, existsSync, mkdirSync, renameSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { packageFolder } from "../../config/package-folder.js";

interface TemplateIndex {
    readonly pgliteVersion: string;
    /** Relative paths, parents first. Many are empty and PostgreSQL demands them all the same. */
    readonly directories: readonly string[];
    readonly files: readonly { readonly path: string; readonly size: number }[];
}

/**
 * The prepared data directory: gzip over a JSON index, a line feed, and the files' contents in the order of the index.
 * One archive unpacks as fast as the directory copies and is a tenth of its size.
 */
export const templateFile = join(packageFolder, "dist", "embedded-template.gz");

/** The version of PGlite that is installed. */
export function readPgliteVersion(): string {
    const entry = createRequire(import.meta.url).resolve("@electric-sql/pglite");
    const manifest = JSON.parse(readFileSync(join(dirname(entry), "..", "package.json"), "utf8")) as {
        version: string;
    };
    return manifest.version;
}

/** Packs the data directory of a closed database; the file appears whole or not at all. */
export function writeTemplate(dataDirectory: string, file: string): void {
    const entries = readdirSync(dataDirectory, { recursive: true, withFileTypes: true }).map((entry) => ({
        path: join(entry.parentPath, entry.name).slice(dataDirectory.length + 1),
        isDirectory: entry.isDirectory(),
    }));
    const contents = entries
        .filter((entry) => !entry.isDirectory)
        .map(({ path }) => ({ path, bytes: readFileSync(join(dataDirectory, path)) }));
    const index: TemplateIndex = {
        pgliteVersion: readPgliteVersion(),
        directories: entries
            .filter((entry) => entry.isDirectory)
            .map(({ path }) => path)
            .sort(),
        files: contents.map(({ path, bytes }) => ({ path, size: bytes.length })),
    };
    const archive = [Buffer.from(`${JSON.stringify(index)}\n`), ...contents.map(({ bytes }) => bytes)];
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.${process.pid}`, gzipSync(Buffer.concat(archive), { level: 9 }));
    renameSync(`${file}.${process.pid}`, file);
}

/** Unpacks the template into a directory that does not exist yet. False if there is no template of this PGlite. */
export function unpackTemplate(file: string, directory: string): boolean {
    const archive = readArchiveOrNull(file);
    if (archive === null) {
        return false;
    }
    const { index, contents } = archive;
    // PostgreSQL refuses a data directory that others may write to.
    mkdirSync(directory, { mode: 0o700 });
    for (const path of index.directories) {
        mkdirSync(join(directory, path), { mode: 0o700 });
    }
    let offset = 0;
    for (const { path, size } of index.files) {
        writeFileSync(join(directory, path), contents.subarray(offset, offset + size), { mode: 0o600 });
        offset += size;
    }
    return true;
}

/** True if the template was made by the PGlite that is installed. */
export function isTemplateCurrent(file: string): boolean {
    return readArchiveOrNull(file) !== null;
}

function readArchiveOrNull(file: string): { index: TemplateIndex; contents: Buffer } | null {
    if (!existsSync(file)) {
        return null;
    }
    try {
        const bytes = gunzipSync(readFileSync(file));
        const end = bytes.indexOf("\n");
        const index = JSON.parse(bytes.toString("utf8", 0, end)) as TemplateIndex;
        return index.pgliteVersion === readPgliteVersion() ? { index, contents: bytes.subarray(end + 1) } : null;
    } catch {
        // A damaged archive (gzip has a checksum) is as good as none: the database is then initialised directly.
        return null;
    }
}
