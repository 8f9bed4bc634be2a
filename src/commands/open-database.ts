import type { Settings } from "../config/settings.js";
import type { Database } from "../database/contract.js";
import { openEmbedded } from "../database/embedded/open-embedded.js";

export interface OpenDatabaseOptions {
    /**
     * Connections to read with while a build uses its own. They wait for a statement that keeps the embedded database busy:
     * that is no loss of it, and whoever reads can give up by themselves.
     */
    readonly readers?: number;
}

/** Opens the database that the settings name, for the time of a callback. */
export async function openDatabase<T>(
    { database, readOnly, connectTimeoutMs, statementTimeoutMs, threads }: Settings,
    use: (database: Database) => Promise<T>,
    { readers = 0 }: OpenDatabaseOptions = {},
): Promise<T> {
    // Its process starts while the client is loaded in this one.
    const server = database.kind === "embedded" ? openEmbedded(database.folder, { mustExist: readOnly }) : undefined;
    // Who waits for it below hears of its failure.
    server?.catch(() => undefined);
    const { withDatabase } = await import("../database/database.js");
    return withDatabase(
        database,
        {
            connectTimeoutMs: readers > 0 && database.kind === "embedded" ? 0 : connectTimeoutMs,
            statementTimeoutMs,
            // One more than can be busy: for progress, and for cancelling what the others run.
            maxConnections: threads + 1 + readers,
            isReadOnly: readOnly,
            ...(server === undefined ? {} : { server }),
        },
        use,
    );
}
