import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
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
 * What was read from a project's files before, kept outside of the project. A missing, foreign or broken cache is empty; one that
 * cannot be written stays as it is: both cost time and nothing else.
 */
export class FileCache {
    private entries: Map<string, Entry> | null = null;
    private readonly kept = new Map<string, Entry>();
    private isChanged = false;
    /** Whether all that was read can be kept. */
    private isComplete = true;

    /** @param path where it is kept, without its ending; null for nowhere */
    constructor(
        private readonly path: string | null,
        private readonly folder: string,
    ) {}

    /** What was made of all files together, if they are what they were. */
    findWhole(key: string, stampOf: (path: string) => string | null): unknown {
        const whole = this.load("whole") as Whole | null;
        return whole?.key === key && isUnchanged(whole.imports, stampOf) ? whole.value : undefined;
    }

    /** Keeps what was made of all files together, where each of them could be kept. */
    keepWhole(key: string, value: unknown): void {
        if (this.isComplete) {
            const imports = Object.assign(
                {},
                ...[...this.kept.values()].map((entry) => entry.imports),
            ) as Whole["imports"];
            this.write("whole", { key, imports, value });
        }
    }

    /** What was read from a file, if it is still right. */
    find(file: FoundFile, stampOf: (path: string) => string | null): unknown {
        this.entries ??= new Map(Object.entries((this.load("files") as Readonly<Record<string, Entry>> | null) ?? {}));
        const entry = this.entries.get(file.path);
        if (entry?.stamp !== file.stamp || !isUnchanged(entry.imports, stampOf)) {
            return undefined;
        }
        this.kept.set(file.path, entry);
        return entry.value;
    }

    /** Keeps what was read from a file; `null` for what must be read each time. */
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

    /** Writes what was found and kept; the rest is forgotten. */
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
            // Only this program writes there, in a folder of this user's.
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
            // Nothing to clean up where even that is in the way.
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

/** Another build of the program may read the same files as something else; any file of it may be what differs. */
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

/** Where the cache of a project is kept: files of its own for each folder. */
export function cachePathOf(cacheFolder: string, projectFolder: string): string {
    return join(cacheFolder, `project-${createHash("sha256").update(projectFolder).digest("hex").slice(0, 16)}`);
}
