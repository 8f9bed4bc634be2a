import { closeSync, fstatSync, openSync, readFileSync, writeFileSync } from "node:fs";

const maxBytes = 256 * 1024;
const keptBytes = 64 * 1024;

/** What PostgreSQL says when it cannot go on; null for any other line of its log. */
export function severeWordsOrNull(line: string): string | null {
    return /(?:FATAL|PANIC): +(.*)/.exec(line)?.[1] ?? null;
}

/** The last such words of a server process that has ended; null if it wrote none, or the log is gone. */
export function readLastWordsOrNull(file: string, pid: number): string | null {
    try {
        const own = readFileSync(file, "utf8")
            .split("\n")
            .filter((line) => line.includes(` [${pid}] `));
        return own.map(severeWordsOrNull).findLast((words) => words !== null) ?? null;
    } catch {
        return null;
    }
}

/** Opens the log for appending, after cutting a long one down to its end. The file descriptor is the caller's. */
export function openLog(file: string): number {
    const descriptor = openSync(file, "a", 0o600);
    if (fstatSync(descriptor).size <= maxBytes) {
        return descriptor;
    }
    closeSync(descriptor);
    const tail = readFileSync(file).subarray(-keptBytes);
    writeFileSync(file, tail.subarray(tail.indexOf("\n") + 1));
    return openSync(file, "a", 0o600);
}
