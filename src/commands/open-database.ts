import { tellEmbeddedWaits } from "./tell-embedded-waits.js";
import type { Output } from "./output.js";
import type { Settings } from "../config/settings.js";
import type { Database } from "../database/contract.js";
import { openEmbedded, type LoadTurn } from "../database/embedded/open-embedded.js";

export interface OpenDatabaseOptions {
    /**
     * Extra connections for reading during a build. On the embedded database, they wait without a timeout while a statement keeps it busy;
     * readers can cancel by themselves.
     */
    readonly readers?: number;
}

/** What opening a database needs; no output if a screen shows what it waits for. */
export interface Opener {
    readonly settings: Settings;
    readonly output: Pick<Output, "talk"> | null;
}

/**
 * Opens the database for a command that writes.
 *
 * @throws StardeckError `no-database` at once if the server is a standby or lets this role only read
 */
export function openForWriting<T>(opener: Opener, use: (database: Database) => Promise<T>): Promise<T> {
    return openDatabase(opener, (database) => {
        if (database.whyNotWritable !== null) {
            throw database.whyNotWritable;
        }
        return use(database);
    });
}

/** Opens the database of the settings for the duration of a callback. */
export async function openDatabase<T>(
    { settings, output }: Opener,
    use: (database: Database) => Promise<T>,
    { readers = 0 }: OpenDatabaseOptions = {},
): Promise<T> {
    const { database, readOnly, connectTimeoutMs, statementTimeoutMs, threads } = settings;
    // Start the embedded server's process while this one imports the client.
    let loadTurn: LoadTurn = () => Promise.resolve(null);
    const onFound = (load: LoadTurn): void => {
        loadTurn = load;
    };
    const server =
        database.kind === "embedded" ? openEmbedded(database.folder, { mustExist: readOnly, onFound }) : undefined;
    // A failure is handled where it is awaited below; this only silences "unhandled rejection".
    server?.catch(() => undefined);
    const { withDatabase } = await import("../database/database.js");
    const stopTelling =
        server === undefined || output === null ? undefined : tellEmbeddedWaits(() => loadTurn(), output);
    return withDatabase(
        database,
        {
            connectTimeoutMs: readers > 0 && database.kind === "embedded" ? 0 : connectTimeoutMs,
            statementTimeoutMs,
            // One more than builds use: for progress, and for cancelling statements of the others.
            maxConnections: threads + 1 + readers,
            isReadOnly: readOnly,
            ...(server === undefined ? {} : { server }),
        },
        use,
    ).finally(stopTelling);
}
