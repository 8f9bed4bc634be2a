import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ownProcessId } from "../config/process.js";
import type { FoundFile } from "./find-files.js";

/** What was read from a file, as long as the file and those it imports are what they were. */
interface Entry {
    readonly stamp: string;
    /** Path from the project's folder → stamp. */
    readonly imports: Readonly<Record<string, string>>;
    readonly value: unknown;
}

/** A file written so shortly before it was read may be written again without a trace in its times. */
const youngNs = 100_000_000n;

/**
 * What was read from a project's files before, kept in one file outside of the project. A missing, foreign or broken cache is empty; one that
 * cannot be written stays as it is: both cost time and nothing else.
 */
export class FileCache {
    private readonly entries: Map<string, Entry>;
    private readonly kept = new Map<string, Entry>();
    private isChanged = false;

    /** @param path where it is kept; null for nowhere */
    constructor(
        private readonly path: string | null,
        private readonly folder: string,
    ) {
        this.entries = loadEntries(path, folder);
    }

    /** What was read from a file, if it is still right. */
    find(file: FoundFile, stampOf: (path: string) => string | null): unknown {
        const entry = this.entries.get(file.path);
        if (
            entry?.stamp !== file.stamp ||
            Object.entries(entry.imports).some(([path, stamp]) => stampOf(path) !== stamp)
        ) {
            return undefined;
        }
        this.kept.set(file.path, entry);
        return entry.value;
    }

    keep(file: FoundFile, imports: readonly FoundFile[], value: unknown): void {
        this.isChanged = true;
        if (![file, ...imports].some(isYoung)) {
            this.kept.set(file.path, {
                stamp: file.stamp,
                imports: Object.fromEntries(imports.map(({ path, stamp }) => [path, stamp])),
                value,
            });
        }
    }

    /** Writes what was found and kept; the rest is forgotten. */
    save(): void {
        if (this.path === null || (!this.isChanged && this.kept.size === this.entries.size)) {
            return;
        }
        const draft = `${this.path}.${ownProcessId}`;
        try {
            mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
            const content: Content = { reader: reader(), folder: this.folder, entries: Object.fromEntries(this.kept) };
            writeFileSync(draft, JSON.stringify(content), { mode: 0o600 });
            renameSync(draft, this.path);
        } catch {
            // Nothing to clean up where even that is in the way.
            try {
                rmSync(draft, { force: true });
            } catch {
                return;
            }
        }
    }
}

interface Content {
    readonly reader: string;
    readonly folder: string;
    readonly entries: Readonly<Record<string, Entry>>;
}

function loadEntries(path: string | null, folder: string): Map<string, Entry> {
    if (path === null) {
        return new Map();
    }
    try {
        // Only this program writes there, in a folder of this user's.
        const content = JSON.parse(readFileSync(path, "utf8")) as Content;
        return new Map(content.reader === reader() && content.folder === folder ? Object.entries(content.entries) : []);
    } catch {
        return new Map();
    }
}

function isYoung({ stamp }: FoundFile): boolean {
    return BigInt(stamp.split(" ")[1] ?? 0) > BigInt(Date.now()) * 1_000_000n - youngNs;
}

/** Another build of the program may read the same files as something else. */
function reader(): string {
    const { mtimeMs, size } = statSync(fileURLToPath(import.meta.url));
    return `${import.meta.url} ${mtimeMs} ${size}`;
}

/** Where the cache of a project is kept: a file of its own for each folder. */
export function cachePathOf(cacheFolder: string, projectFolder: string): string {
    return join(cacheFolder, `project-${createHash("sha256").update(projectFolder).digest("hex").slice(0, 16)}.json`);
}
