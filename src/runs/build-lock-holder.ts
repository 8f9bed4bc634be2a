import { hostname } from "node:os";
import { processExists } from "../config/process.js";
import type { Queryable } from "../warehouse/queryable.js";

/** Key of the advisory lock that the holder of the build lock keeps on a session of its own, where the server allows one. */
export const buildLockKey = 5_347_813;

/** Second key after `buildLockKey`: the lock that a run's transactions share when the run has no session of its own. */
export function runLockKey(runId: string): number {
    return Number(BigInt(runId) % 2n ** 31n);
}

/** Where the server cannot say whether a holder is alive, it counts as dead after this long without a heartbeat. */
const silentAfterSeconds = 60;

/** Who holds the build lock, as its row says. */
export interface LockHolder {
    readonly runId: string;
    /** A random id of the holder's process. */
    readonly holderId: string | null;
    readonly startedBy: string;
    /** `loadLockHolderOrNull` explains the rule. */
    readonly isAlive: boolean;
}

/**
 * The holder of the build lock; null when there is none. It is alive
 *
 * - on a server, while the session named in its row holds the advisory lock;
 * - on a server where it has no session of its own (behind a pooler, or with one connection), while one of its transactions is open,
 *   and for a minute after its last heartbeat;
 * - on the embedded database, while its process exists; if the row names another host, for a minute after its last heartbeat.
 */
export async function loadLockHolderOrNull(
    database: Queryable,
    kind: "embedded" | "server",
): Promise<LockHolder | null> {
    const { rows } = await database.query<{
        runId: string;
        holderId: string | null;
        startedBy: string;
        host: string;
        processId: number;
        hasSession: boolean;
        isSessionAlive: boolean;
        isInTransaction: boolean;
        secondsSilent: number;
    }>(
        `select
            build_lock.run_id as "runId",
            holder_id as "holderId",
            started_by as "startedBy",
            host,
            process_id as "processId",
            session_pid is not null as "hasSession",
            exists (
                select from pg_locks
                where locktype = 'advisory'
                    and database = (select oid from pg_database where datname = current_database())
                    and classid::bigint = 0
                    and objid::bigint = ${buildLockKey}
                    and objsubid = 1
                    and granted
                    and pg_locks.pid = session_pid
            ) as "isSessionAlive",
            exists (
                select from pg_locks
                where locktype = 'advisory'
                    and database = (select oid from pg_database where datname = current_database())
                    and classid::bigint = ${buildLockKey}
                    and objid::bigint = build_lock.run_id % 2147483648
                    and objsubid = 2
                    and granted
            ) as "isInTransaction",
            extract(epoch from clock_timestamp() - heartbeat_at)::float8 as "secondsSilent"
        from ops.build_lock
        join ops.run on run.run_id = build_lock.run_id`,
    );
    const [row] = rows;
    if (row === undefined) {
        return null;
    }
    const isHeard = row.secondsSilent < silentAfterSeconds || row.isInTransaction;
    const isAlive = row.hasSession
        ? row.isSessionAlive
        : kind === "embedded" && row.host === hostname()
          ? processExists(row.processId)
          : isHeard;
    return { runId: row.runId, holderId: row.holderId, startedBy: row.startedBy, isAlive };
}
