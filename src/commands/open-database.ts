import { tellEmbeddedWaits } from "./tell-embedded-waits.js";
import type { Output } from "./output.js";
import type { Settings } from "../config/settings.js";
import type { Database } from "../database/contract.js";
import { openEmbedded, type LoadTurn } from "../database/embedded/open-embedded.js";

export interface OpenDatabaseOptions {
    /**
     * Connections to read with while a build uses its own. They wait for a statement that keeps the embedded database busy:
     * that is no loss of it, and whoever reads can give up by themselves.
     */
    readonly readers?: number;
}

/** What a command is run with; no output where a screen shows what is waited for. */
export interface Opener {
    readonly settings: Settings;
    readonly output: Pick<Output, "talk"> | null;
}

/**
 * The same for a command that writes.
 *
 * @throws StardeckError `no-database` at once where the server is a standby or lets this role only read
 */
export function openForWriting<T>(opener: Opener, use: (database: Database) => Promise<T>): Promise<T> {
    return openDatabase(opener, (database) => {
        if (database.whyNotWritable !== null) {
            throw database.whyNotWritable;
        }
        return use(database);
    });
}

/** Opens the database that the settings name, for the time of a callback. */
export async function openDatabase<T>(
    { settings, output }: Opener,
    use: (database: Database) => Promise<T>,
    { readers = 0 }: OpenDatabaseOptions = {},
): Promise<T> {
    const { database, readOnly, connectTimeoutMs, statementTimeoutMs, threads } = settings;
    // Its process starts while the client is loaded in this one.
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
            // One more than can be busy: for progress, and for cancelling what the others run.
            maxConnections: threads + 1 + readers,
            isReadOnly: readOnly,
            ...(server === undefined ? {} : { server }),
        },
        use,
    ).finally(stopTelling);
}
