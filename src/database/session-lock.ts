import type { Database } from "./contract.js";
import { ServerClient } from "./server/server-client.js";

/** An advisory lock that a separate connection holds until it ends. */
export interface SessionLock {
    /** The backend that holds it, as `pg_locks.pid`. */
    readonly pid: number;
    /** Called at most once, when the connection is lost while the lock is held. */
    onLost(listener: () => void): void;
    release(): Promise<void>;
}

/**
 * - `unavailable`: no session is ours alone: the embedded database has one session for all, a pooler lends its sessions for one
 *   transaction each, or no further connection could be made.
 */
export type SessionLockResult =
    { readonly kind: "held"; readonly lock: SessionLock } | { readonly kind: "taken" | "unavailable" };

/** Takes a session-level advisory lock on a separate connection. */
export async function takeSessionLock(database: Database, key: number): Promise<SessionLockResult> {
    if (database.kind === "embedded" || database.clientConfig === null) {
        return { kind: "unavailable" };
    }
    const client = new ServerClient({ ...database.clientConfig, application_name: "stardeck build lock" });
    let isReleased = false;
    let isLost = false;
    const listeners: (() => void)[] = [];
    const lose = (): void => {
        if (!isReleased && !isLost) {
            isLost = true;
            listeners.forEach((listener) => {
                listener();
            });
        }
    };
    client.on("error", lose);
    client.on("end", lose);
    const end = async (): Promise<void> => {
        isReleased = true;
        await client.end().catch(() => undefined);
    };
    try {
        await client.connect();
        const { rows } = await client.query<{ pid: number; isHeld: boolean }>(
            'select pg_catalog.pg_backend_pid() as pid, pg_catalog.pg_try_advisory_lock($1::pg_catalog.int8) as "isHeld"',
            [key],
        );
        const [row] = rows;
        const greetedBy: unknown = "processID" in client ? client.processID : null;
        // Behind a pooler, the process id of the greeting is not that of the backend.
        if (row === undefined || greetedBy !== row.pid) {
            if (row?.isHeld === true) {
                await client.query("select pg_catalog.pg_advisory_unlock($1::pg_catalog.int8)", [key]);
            }
            await end();
            return { kind: "unavailable" };
        }
        if (!row.isHeld) {
            await end();
            return { kind: "taken" };
        }
        return {
            kind: "held",
            lock: {
                pid: row.pid,
                onLost: (listener) => {
                    if (isLost) {
                        listener();
                    } else {
                        listeners.push(listener);
                    }
                },
                release: end,
            },
        };
    } catch {
        await end();
        return { kind: "unavailable" };
    }
}
