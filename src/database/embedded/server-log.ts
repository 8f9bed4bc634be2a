import { closeSync, fstatSync, openSync, readFileSync, writeFileSync } from "node:fs";

const maxBytes = 256 * 1024;
const keptBytes = 64 * 1024;

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
