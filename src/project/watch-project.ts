import { setTimeout as wait } from "node:timers/promises";
import { findFiles } from "./find-files.js";

/** How often the files' times are read. */
const intervalMs = 200;

const folders = ["migrations", "seeds-sql"];
const endings = [".sql", ".ts", ".js", ".yml", ".yaml", ".csv"];

/**
 * Yields the paths of files that were written, added or removed, once an editor has finished writing. Drafts and backup copies of
 * editors are ignored.
 *
 * Polls the files' times instead of listening to events: this takes a few milliseconds, and works on every file system and with every
 * way in which editors save.
 */
export async function* watchProject(folder: string, signal: AbortSignal): AsyncGenerator<readonly string[], undefined> {
    let reported = stampsOf(folder);
    let before = reported;
    while (!signal.aborted) {
        const started = performance.now();
        const now = stampsOf(folder);
        const changed = pathsThatDiffer(reported, now);
        // A file that has changed since the last look may still be being written.
        if (changed.length > 0 && pathsThatDiffer(before, now).length === 0) {
            reported = now;
            yield changed;
        }
        before = now;
        const tookMs = performance.now() - started;
        try {
            await wait(Math.max(intervalMs, 5 * tookMs), undefined, { signal });
        } catch {
            return undefined;
        }
    }
    return undefined;
}

function stampsOf(folder: string): ReadonlyMap<string, string> {
    const files = [
        ...folders.flatMap((below) => findFiles(folder, below, endings).files),
        ...findFiles(folder, ".", ["stardeck.config.ts"], { isDeep: false }).files,
    ];
    return new Map(files.map(({ path, stamp }) => [path, stamp]));
}

function pathsThatDiffer(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): readonly string[] {
    return [...new Set([...one.keys(), ...other.keys()])].filter((path) => one.get(path) !== other.get(path));
}
