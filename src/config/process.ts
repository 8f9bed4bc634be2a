import { randomUUID } from "node:crypto";

/** The operating system's id of this process. */
export const ownProcessId = process.pid;

/** Identifies this process, even among containers in which another process has the same host name and process id. */
export const ownHolderId = randomUUID();

/** The operating system's id of this process's user; undefined on systems without user ids. */
export const ownUserId = process.getuid?.();

export const platform = process.platform;

/** Whether a process with this id exists on this machine, whichever user owns it. */
export function processExists(processId: number): boolean {
    try {
        process.kill(processId, 0);
        return true;
    } catch (error) {
        // EPERM: the process exists and belongs to another user.
        return error instanceof Error && "code" in error && error.code === "EPERM";
    }
}
