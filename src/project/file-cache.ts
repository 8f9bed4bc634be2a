import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ownProcessId } from "../config/process.js";
import type { FoundFile } from "./find-files.js";

/** The value read from a file, valid while the file and its imports are unchanged. */
interface Entry {
    readonly stamp: string;
    /** Stamps of imported files, by path from the project's folder. */
    readonly imports: Readonly<Record<string, string>>;
    readonly value: unknown;
}

/** A file written so shortly before it was read is not cached: another write might leave its times unchanged. */
const youngNs = 100_000_000n;

/**
 * A cache of what was read from a project's files, stored outside the project. A missing, foreign or broken cache counts as empty,
 * and a failed write is ignored: both only cost time.
 */
export class FileCache {
    private entries: Map<string, Entry> | null = null;
    private readonly kept = new Map<string, Entry>();
    private isChanged = false;
    /** Whether everything that was read can be cached. */
    private isComplete = true;

    /** @param path the path of the cache files, without their endings; null for no cache */
    constructor(
        private readonly path: string | null,
        private readonly folder: string,
    ) {}

    /** The value made from all files together, if none has changed. */
    findWhole(key: string, stampOf: (path: string) => string | null): unknown {
        const whole = this.load("whole") as Whole | null;
        return whole?.key === key && isUnchanged(whole.imports, stampOf) ? whole.value : undefined;
    }

    /** Keeps the value made from all files together, if each of them could be cached. */
    keepWhole(key: string, value: unknown): void {
        if (this.isComplete) {
            const imports = Object.assign(
                {},
                ...[...this.kept.values()].map((entry) => entry.imports),
            ) as Whole["imports"];
            this.write("whole", { key, imports, value });
        }
    }

    /** The value read from a file, if it is still valid. */
    find(file: FoundFile, stampOf: (path: string) => string | null): unknown {
        this.entries ??= new Map(Object.entries((this.load("files") as Readonly<Record<string, Entry>> | null) ?? {}));
        const entry = this.entries.get(file.path);
        if (entry?.stamp !== file.stamp || !isUnchanged(entry.imports, stampOf)) {
            return undefined;
        }
        this.kept.set(file.path, entry);
        return entry.value;
    }

    /** Keeps the value read from a file; `imports` is null for a file that must be read each time. */
    keep(file: FoundFile, imports: readonly FoundFile[] | null, value: unknown): void {
        this.isChanged = true;
        if (imports === null || [file, ...imports].some(isYoung)) {
            this.isComplete = false;
        } else {
            this.kept.set(file.path, {
                stamp: file.stamp,
                imports: Object.fromEntries(imports.map(({ path, stamp }) => [path, stamp])),
                value,
            });
        }
    }

    /** Writes the values that were found or kept; all others are dropped. */
    save(): void {
        if (this.isChanged || this.kept.size !== this.entries?.size) {
            this.write("files", Object.fromEntries(this.kept));
        }
    }

    private load(ending: string): unknown {
        if (this.path === null) {
            return null;
        }
        try {
            // Trusted, because only this program writes to this folder of the user.
            const content = JSON.parse(readFileSync(`${this.path}.${ending}.json`, "utf8")) as Content<unknown>;
            return content.reader === reader() && content.folder === this.folder ? content.value : null;
        } catch {
            return null;
        }
    }

    private write(ending: string, value: unknown): void {
        if (this.path === null) {
            return;
        }
        const draft = `${this.path}.${ending}.${ownProcessId}`;
        try {
            mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
            const content: Content<unknown> = { reader: reader(), folder: this.folder, value };
            writeFileSync(draft, JSON.stringify(content), { mode: 0o600 });
            renameSync(draft, `${this.path}.${ending}.json`);
        } catch {
            // A failed write is ignored; so is a failure to remove the draft.
            try {
                rmSync(draft, { force: true });
            } catch {
                return;
            }
        }
    }
}

interface Whole {
    readonly key: string;
    readonly imports: Readonly<Record<string, string>>;
    readonly value: unknown;
}

interface Content<Value> {
    readonly reader: string;
    readonly folder: string;
    readonly value: Value;
}

function isUnchanged(stamps: Readonly<Record<string, string>>, stampOf: (path: string) => string | null): boolean {
    return Object.entries(stamps).every(([path, stamp]) => stampOf(path) === stamp);
}

function isYoung({ stamp }: FoundFile): boolean {
    return BigInt(stamp.split(" ")[1] ?? 0) > BigInt(Date.now()) * 1_000_000n - youngNs;
}

let ownReader: string | null = null;

/** Identifies this build of the program by all files of its folder, because another build may read the same files differently. */
function reader(): string {
    if (ownReader === null) {
        const folder = dirname(fileURLToPath(import.meta.url));
        const hash = createHash("sha256").update(folder);
        for (const name of readdirSync(folder).sort()) {
            const { mtimeMs, size } = statSync(join(folder, name));
            hash.update(`\n${name} ${mtimeMs} ${size}`);
        }
        ownReader = hash.digest("hex");
    }
    return ownReader;
}

/** The path of a project's cache files; each project folder has its own. */
export function cachePathOf(cacheFolder: string, projectFolder: string): string {
    return join(cacheFolder, `project-${createHash("sha256").update(projectFolder).digest("hex").slice(0, 16)}`);
}
