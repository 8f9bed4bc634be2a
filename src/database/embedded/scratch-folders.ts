import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownProcessId, processExists } from "../../config/process.js";
import { findOwnerState, readRecordOrNull, removeSocketsOf } from "./lock.js";

/** The name of a scratch database's folder contains the id of the process that made it. */
const namePattern = /^stardeck-(?:demo|prove)-(\d+)-/;

/** Younger folders without a record are kept: a process that cannot be seen from here may be about to start their server. */
const youngMs = 60_000;

/** Makes a folder for one embedded database, below the system's folder for temporary files and readable by this user alone. */
export async function makeScratchFolder(purpose: "demo" | "prove"): Promise<string> {
    return await mkdtemp(join(tmpdir(), `stardeck-${purpose}-${ownProcessId}-`));
}

/** Removes a scratch folder with everything in it. */
export async function removeScratchFolder(folder: string): Promise<void> {
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
}

/** Removes the folders of processes that ended without removing them, because they were killed or the machine was switched off. */
export async function removeDeadScratchFolders(now: number): Promise<void> {
    for (const name of await readdir(tmpdir())) {
        const pid = namePattern.exec(name)?.[1];
        if (pid === undefined || processExists(Number(pid))) {
            continue;
        }
        try {
            await removeIfDead(join(tmpdir(), name), now);
        } catch {
            // The folder belongs to another user, or another process was faster.
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
