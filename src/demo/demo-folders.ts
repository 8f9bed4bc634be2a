import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownProcessId, processExists } from "../config/process.js";
import { findOwnerState, readRecordOrNull, removeSocketsOf } from "../database/embedded/lock.js";

/** Folders of demos are named for the process that made them. */
const namePattern = /^stardeck-demo-(\d+)-/;

/** A process on another machine, or in another container, may be about to start the server of a folder this young. */
const youngMs = 60_000;

/** Makes a folder for one demo, below the system's folder for temporary files and readable by this user alone. */
export async function makeDemoFolder(): Promise<string> {
    return await mkdtemp(join(tmpdir(), `stardeck-demo-${ownProcessId}-`));
}

/** Removes it with all that is in it. */
export async function removeDemoFolder(folder: string): Promise<void> {
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
}

/** Removes the folders of demos that ended without doing so: killed, or the machine was switched off. */
export async function removeDeadDemoFolders(now: number): Promise<void> {
    for (const name of await readdir(tmpdir())) {
        const pid = namePattern.exec(name)?.[1];
        if (pid === undefined || processExists(Number(pid))) {
            continue;
        }
        try {
            await removeIfDead(join(tmpdir(), name), now);
        } catch {
            // Another user's, or another demo was faster.
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
    await removeDemoFolder(folder);
}
