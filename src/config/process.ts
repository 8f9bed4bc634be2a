import { randomUUID } from "node:crypto";

/** The operating system's id of this process. */
export const ownProcessId = process.pid;

/** Tells this process from every other one, also from those of other containers that have its host name and process id. */
export const ownHolderId = randomUUID();

/** The operating system's id of this process's user; undefined where there are none. */
export const ownUserId = process.getuid?.();

export const platform = process.platform;

/** True while a process of this id exists on this machine, for any owner. */
export function processExists(processId: number): boolean {
    try {
        process.kill(processId, 0);
        return true;
    } catch (error) {
        // EPERM: it exists and belongs to somebody else.
        return error instanceof Error && "code" in error && error.code === "EPERM";
    }
}
