import { StardeckError } from "../config/errors.js";
import type { Settings } from "../config/settings.js";
import { withDatabase, type Database, type DatabaseOptions } from "../database/database.js";
import { unpackArchive } from "../database/embedded/data-archive.js";
import { makeLayout } from "../database/embedded/layout.js";
import { demoArchive } from "./demo-archive.js";
import {
    makeScratchFolder,
    removeDeadScratchFolders,
    removeScratchFolder,
} from "../database/embedded/scratch-folders.js";

export type DemoSettings = Pick<Settings, "database" | "connectTimeoutMs" | "statementTimeoutMs" | "threads">;

/**
 * Opens the database of a demo for reading only: the server that the settings name, else a copy of the prepared demo warehouse,
 * which is removed when the demo ends. The copy needs no network and asks no questions; the user's `.stardeck` is not used.
 *
 * @throws StardeckError `no-database`
 */
export async function openDemoDatabase<T>(
    { database, connectTimeoutMs, statementTimeoutMs, threads }: DemoSettings,
    use: (database: Database) => Promise<T>,
): Promise<T> {
    const options: DatabaseOptions = {
        connectTimeoutMs,
        statementTimeoutMs,
        // Spare connections: slides are read ahead, and one connection cancels the statements of the others.
        maxConnections: threads + 3,
        isReadOnly: true,
    };
    if (database.kind === "server") {
        return withDatabase(database, options, use);
    }
    const folder = await makeScratchFolder("demo");
    try {
        if (!(await unpackArchive(demoArchive, makeLayout(folder).data))) {
            throw new StardeckError("The prepared demo warehouse is missing from this installation, or damaged.", {
                code: "no-database",
                hint: "Install stardeck again (in a checkout: npm run build), or name a server with --database-url.",
            });
        }
        return await withDatabase({ kind: "embedded", folder }, options, async (opened) => {
            // While the demo runs, so that it need not wait.
            const removal = removeDeadScratchFolders(Date.now());
            try {
                return await use(opened);
            } finally {
                await removal;
            }
        });
    } finally {
        await removeScratchFolder(folder);
    }
}
