import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Makes an empty folder for `use`, then removes it. */
export async function inNewFolder<T>(purpose: string, use: (folder: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), `stardeck-${purpose}-`));
    try {
        return await use(folder);
    } finally {
        await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    }
}
