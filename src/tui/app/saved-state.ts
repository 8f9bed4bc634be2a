import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { writeWholeFile } from "../../config/write-file.js";

/** Where a person was at the end of the last time; null when there was none, or it cannot be read. */
export async function loadSavedState(file: string): Promise<unknown> {
    try {
        return JSON.parse(await readFile(file, "utf8"));
    } catch {
        // Only comfort: a start without it is as good as the first.
        return null;
    }
}

/** Keeps it for the next start; a folder that cannot be written is no reason to fail. */
export async function saveState(file: string, state: unknown): Promise<void> {
    try {
        await mkdir(dirname(file), { recursive: true, mode: 0o700 });
        // A person's statements are nobody else's business.
        await writeWholeFile(file, (write) => write(JSON.stringify(state)), {
            newMode: 0o600,
            lastWins: true,
        });
    } catch {
        return;
    }
}
