import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownProcessId, processExists } from "../../config/process.js";
import { findOwnerState, readRecordOrNull, removeSocketsOf } from "./lock.js";

/** Folders of scratch databases are named for the process that made them. */
const namePattern = /^stardeck-(?:demo|prove)-(\d+)-/;

/** A process on another machine, or in another container, may be about to start the server of a folder this young. */
const youngMs = 60_000;

/** Makes a folder for one embedded database, below the system's folder for temporary files and readable by this user alone. */
export async function makeScratchFolder(purpose: "demo" | "prove"): Promise<string> {
    return await mkdtemp(join(tmpdir(), `stardeck-${purpose}-${ownProcessId}-`));
}

/** Removes it with all that is in it. */
export async function removeScratchFolder(folder: string): Promise<void> {
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
}

/** Removes the folders of processes that ended without doing so: killed, or the machine was switched off. */
export async function removeDeadScratchFolders(now: number): Promise<void> {
    for (const name of await readdir(tmpdir())) {
        const pid = namePattern.exec(name)?.[1];
        if (pid === undefined || processExists(Number(pid))) {
            continue;
        }
        try {
            await removeIfDead(join(tmpdir(), name), now);
        } catch {
            // Another user's, or another process was faster.
        }
    }
}

async function removeIfDead(folder: string, now: number): Promise<void> {
    const record = readRecordOrNull(folder);
    const isYoung = now - (await stat(folder)).mtimeMs < youngMs;
    if ((record === null && isYoung) || (await findOwnerState(folder, record)) !== "none") {
        return;
    }
    if (record !== null) {
        removeSocketsOf(record, folder);
    }
    await removeScratchFolder(folder);
}
