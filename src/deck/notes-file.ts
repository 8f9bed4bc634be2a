import { constants, lstat, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { StardeckError } from "../config/errors.js";
import { ownProcessId, ownUserId, processExists } from "../config/process.js";
import { writeWholeFile } from "../config/write-file.js";
import type { PresenterPlace } from "./presentation.js";

const namePattern = /^stardeck-notes-(\d+)-[A-Za-z0-9]{6}$/;
const placeFile = "place.json";

/**
 * Tells a second terminal which slide is presented, by a file in the system's folder for temporary files. Only this user can read
 * it, and it is removed when the demo ends.
 */
export async function withNotes<T>(use: (tell: (place: PresenterPlace) => void) => Promise<T>): Promise<T> {
    let writing: Promise<unknown> = removeDeadNotes().catch(() => undefined);
    // Other users share the folder for temporary files: `mkdtemp` gives mode 700 and random letters in the name.
    const folder = await mkdtemp(join(tmpdir(), `stardeck-notes-${ownProcessId}-`));
    try {
        return await use((place) => {
            // One write after the other, so that the last place wins. An error must not end the talk.
            writing = writing
                .then(() => writeWholeFile(join(folder, placeFile), (write) => write(JSON.stringify(place))))
                .catch(() => undefined);
        });
    } finally {
        await writing.catch(() => undefined);
        await rm(folder, { recursive: true, force: true });
    }
}

/** Removes the folders of demos that were killed. */
async function removeDeadNotes(): Promise<void> {
    for (const name of await readdir(tmpdir())) {
        const pid = namePattern.exec(name)?.[1];
        if (pid !== undefined && !processExists(Number(pid))) {
            // This fails for folders of other users, which stay.
            await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
        }
    }
}

/**
 * The folder of this user's demo that was started last and is still running.
 *
 * @throws StardeckError `failed` when there is none.
 */
export async function findNotes(): Promise<string> {
    const folders: { readonly folder: string; readonly beganAtMs: number }[] = [];
    for (const name of await readdir(tmpdir())) {
        const pid = namePattern.exec(name)?.[1];
        if (pid !== undefined && processExists(Number(pid))) {
            const folder = join(tmpdir(), name);
            // `lstat`, because another user may have put a symbolic link there.
            const { uid, mode, ctimeMs } = await lstat(folder);
            if (uid === ownUserId && (mode & constants.S_IFMT) === constants.S_IFDIR && (mode & 0o077) === 0) {
                folders.push({ folder, beganAtMs: ctimeMs });
            }
        }
    }
    const newest = folders.sort((one, other) => other.beganAtMs - one.beganAtMs)[0];
    if (newest === undefined) {
        throw new StardeckError("No demo is going on.", {
            code: "failed",
            hint: "Start `stardeck demo` on another terminal of this machine, then its notes can be shown here.",
        });
    }
    return newest.folder;
}

/** Whether the process of this demo is running. */
export function isDemoGoingOn(folder: string): boolean {
    return processExists(Number(namePattern.exec(basename(folder))?.[1]));
}

/** The place of the presenter; null before it is written, and once the demo has ended. */
export async function readNotesOrNull(folder: string): Promise<PresenterPlace | null> {
    try {
        // Not validated: only `withNotes` writes it, in a folder of this user.
        const place = JSON.parse(await readFile(join(folder, placeFile), "utf8")) as PresenterPlace;
        return isDemoGoingOn(folder) ? place : null;
    } catch {
        return null;
    }
}
