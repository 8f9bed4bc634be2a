import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { writeWholeFile } from "../../config/write-file.js";

/** The state saved at the end of the last session; null when there is none or it cannot be read. */
export async function loadSavedState(file: string): Promise<unknown> {
    try {
        return JSON.parse(await readFile(file, "utf8"));
    } catch {
        // The state is only a convenience: start without it.
        return null;
    }
}

/** Saves the state for the next start; ignores a folder that cannot be written. */
export async function saveState(file: string, state: unknown): Promise<void> {
    try {
        await mkdir(dirname(file), { recursive: true, mode: 0o700 });
        // Readable by this user only: the state holds the SQL statements of the person.
        await writeWholeFile(file, (write) => write(JSON.stringify(state)), {
            newMode: 0o600,
            lastWins: true,
        });
    } catch {
        return;
    }
}
