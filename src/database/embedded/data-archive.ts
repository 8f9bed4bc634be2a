import {
    closeSync,
    mkdirSync,
    openSync,
    readdirSync,
    readFileSync,
    readSync,
    renameSync,
    writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";

/** The first line of an archive. */
interface ArchiveIndex {
    readonly pgliteVersion: string;
    /** Identifies what the archive was made from: see `readInputsOrNull`. */
    readonly inputs: string;
    /** Relative paths, parents first. Many are empty, but PostgreSQL needs them. */
    readonly directories: readonly string[];
    readonly files: readonly { readonly path: string; readonly size: number }[];
    /** Sizes of the gzip parts that follow, in order. There are several so that threads unpack them in parallel. */
    readonly parts: readonly number[];
}

const partCount = 4;
const mostIndexBytes = 1024 * 1024;

/** The installed version of PGlite. Another version may not be able to read the files. */
function readPgliteVersion(): string {
    const entry = createRequire(import.meta.url).resolve("@electric-sql/pglite");
    const manifest = JSON.parse(readFileSync(join(dirname(entry), "..", "package.json"), "utf8")) as {
        version: string;
    };
    return manifest.version;
}

/**
 * Packs the data directory of a closed database into one file, which is written completely or not at all: a line of JSON, then the
 * files' contents in gzip. Unpacking is as fast as copying the directory, and the file has a tenth of its size. The directory itself
 * could not be published, because npm leaves out empty folders.
 *
 * @param inputs identifies what the data was made from, see `readInputsOrNull`
 */
export async function writeArchive(dataDirectory: string, file: string, inputs: string): Promise<void> {
    const entries = readdirSync(dataDirectory, { recursive: true, withFileTypes: true }).map((entry) => ({
        path: join(entry.parentPath, entry.name).slice(dataDirectory.length + 1),
        isDirectory: entry.isDirectory(),
    }));
    const contents = entries
        .filter((entry) => !entry.isDirectory)
        .map(({ path }) => ({ path, bytes: readFileSync(join(dataDirectory, path)) }));
    const parts = await Promise.all(
        splitEvenly(Buffer.concat(contents.map(({ bytes }) => bytes))).map((part) => compress(part)),
    );
    const index: ArchiveIndex = {
        pgliteVersion: readPgliteVersion(),
        inputs,
        directories: entries
            .filter((entry) => entry.isDirectory)
            .map(({ path }) => path)
            .sort(),
        files: contents.map(({ path, bytes }) => ({ path, size: bytes.length })),
        parts: parts.map((part) => part.length),
    };
    mkdirSync(dirname(file), { recursive: true });
    const unfinished = `${file}.${process.pid}`;
    writeFileSync(unfinished, Buffer.concat([Buffer.from(`${JSON.stringify(index)}\n`), ...parts]));
    renameSync(unfinished, file);
}

const compress = promisify(gzip);
const decompress = promisify(gunzip);

function splitEvenly(whole: Buffer): Buffer[] {
    const size = Math.ceil(whole.length / partCount);
    return Array.from({ length: partCount }, (_, place) => whole.subarray(place * size, (place + 1) * size));
}

/** Unpacks an archive into a new directory. False if there is no archive for the installed PGlite. */
export async function unpackArchive(file: string, directory: string): Promise<boolean> {
    const archive = await readArchiveOrNull(file);
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

/** The `inputs` of an archive; null if there is none that the installed PGlite can use. */
export function readInputsOrNull(file: string): string | null {
    let descriptor: number | null = null;
    try {
        descriptor = openSync(file, "r");
        const head = Buffer.alloc(mostIndexBytes);
        const { index } = parseIndex(head.subarray(0, readSync(descriptor, head)));
        return index.pgliteVersion === readPgliteVersion() ? index.inputs : null;
    } catch {
        return null;
    } finally {
        if (descriptor !== null) {
            closeSync(descriptor);
        }
    }
}

function parseIndex(bytes: Buffer): { readonly index: ArchiveIndex; readonly length: number } {
    const end = bytes.indexOf("\n");
    return { index: JSON.parse(bytes.toString("utf8", 0, end)) as ArchiveIndex, length: end + 1 };
}

async function readArchiveOrNull(file: string): Promise<{ index: ArchiveIndex; contents: Buffer } | null> {
    try {
        const bytes = readFileSync(file);
        const { index, length } = parseIndex(bytes);
        if (index.pgliteVersion !== readPgliteVersion()) {
            return null;
        }
        let offset = length;
        const parts = index.parts.map((size) => bytes.subarray(offset, (offset += size)));
        return { index, contents: Buffer.concat(await Promise.all(parts.map((part) => decompress(part)))) };
    } catch {
        // A damaged archive (gzip has checksums) counts as missing.
        return null;
    }
}
