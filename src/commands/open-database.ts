import type { Settings } from "../config/settings.js";
import { withDatabase, type Database } from "../database/database.js";

export interface OpenDatabaseOptions {
    /**
     * Connections to read with while a build uses its own. They wait for a statement that keeps the embedded database busy:
     * that is no loss of it, and whoever reads can give up by themselves.
     */
    readonly readers?: number;
}

/** Opens the database that the settings name, for the time of a callback. */
export function openDatabase<T>(
    settings: Settings,
    use: (database: Database) => Promise<T>,
    { readers = 0 }: OpenDatabaseOptions = {},
): Promise<T> {
    return withDatabase(
        settings.database,
        {
            connectTimeoutMs: readers > 0 && settings.database.kind === "embedded" ? 0 : settings.connectTimeoutMs,
            statementTimeoutMs: settings.statementTimeoutMs,
            // One more than can be busy: for progress, and for cancelling what the others run.
            maxConnections: settings.threads + 1 + readers,
            isReadOnly: settings.readOnly,
        },
        use,
    );
}
