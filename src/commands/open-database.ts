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

/**
 * The same for a command that writes.
 *
 * @throws StardeckError `no-database` at once where the server is a standby or lets this role only read
 */
export function openForWriting<T>(settings: Settings, use: (database: Database) => Promise<T>): Promise<T> {
    return openDatabase(settings, (database) => {
        if (database.whyNotWritable !== null) {
            throw database.whyNotWritable;
        }
        return use(database);
    });
}

/** Opens the database that the settings name, for the time of a callback. */
export async function openDatabase<T>(
    { database, readOnly, connectTimeoutMs, statementTimeoutMs, threads }: Settings,
    use: (database: Database) => Promise<T>,
    { readers = 0 }: OpenDatabaseOptions = {},
): Promise<T> {
    // Its process starts while the client is loaded in this one.
    const server = database.kind === "embedded" ? openEmbedded(database.folder, { mustExist: readOnly }) : undefined;
    // A failure is handled where it is awaited below; this only silences "unhandled rejection".
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
