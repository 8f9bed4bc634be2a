import { constants, fstatSync, ftruncateSync, readFileSync, writeSync } from "node:fs";
import { openOwnFile } from "./own-folder.js";

const maxBytes = 256 * 1024;
const keptBytes = 64 * 1024;

/** The message of a FATAL or PANIC line of PostgreSQL's log; null for any other line. */
export function severeWordsOrNull(line: string): string | null {
    return /(?:FATAL|PANIC): +(.*)/.exec(line)?.[1] ?? null;
}

/** The last such message of a server process that has ended; null if it wrote none, or the log is gone. */
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

/** Opens the log for appending. Of a long log, only the end is kept. The caller closes the file descriptor. */
export function openLog(file: string): number {
    const descriptor = openOwnFile(file, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT);
    if (fstatSync(descriptor).size > maxBytes) {
        const tail = readFileSync(descriptor).subarray(-keptBytes);
        ftruncateSync(descriptor);
        writeSync(descriptor, tail.subarray(tail.indexOf("\n") + 1));
    }
    return descriptor;
}
