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
 * Opens what a demo shows, for reading only: the server that the settings name, else the prepared demo warehouse. That one is a copy
 * of this demo's own, which goes with it; the user's `.stardeck` is not looked at. It asks for nothing, and for no network.
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
        // Slides are read ahead while one is shown, and one connection cancels what the others run.
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
            // Beside the demo, which need not wait for it.
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
