import type { Settings } from "../config/settings.js";
import { withDatabase, type Database } from "../database/database.js";

/** Opens the database that the settings name, for the time of a callback. */
export function openDatabase<T>(settings: Settings, use: (database: Database) => Promise<T>): Promise<T> {
    return withDatabase(
        settings.database,
        {
            connectTimeoutMs: settings.connectTimeoutMs,
            statementTimeoutMs: settings.statementTimeoutMs,
            // One more than can be busy: for progress, and for cancelling what the others run.
            maxConnections: settings.threads + 1,
        },
        use,
    );
}
