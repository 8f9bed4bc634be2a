import { hostname } from "node:os";
import { processExists } from "../config/process.js";
import type { Queryable } from "../warehouse/queryable.js";

/** The advisory lock that the holder of the build lock has on a session of its own, where it can have one. */
export const buildLockKey = 5_347_813;

/** With `buildLockKey` before it, the lock that the transactions of a run share where it has no session of its own. */
export function runLockKey(runId: string): number {
    return Number(BigInt(runId) % 2n ** 31n);
}

/** A holder that has not shown itself for so long is taken for dead, where the server does not know. */
const silentAfterSeconds = 60;

/** Who holds the build lock, as its row says. */
export interface LockHolder {
    readonly runId: string;
    /** Drawn at random by its process. */
    readonly holderId: string | null;
    readonly startedBy: string;
    /** The one rule by which a holder is dead or alive. */
    readonly isAlive: boolean;
}

/**
 * The holder of the build lock; null when there is none. It is alive
 *
 * - on a server, while the session that it named holds the advisory lock;
 * - on a server where it could name no session (behind a pooler, or with one connection), while one of its transactions goes on, and
 *   for a minute after it last showed itself;
 * - on the embedded database, whose clients are on one machine, while its process exists; one elsewhere for that minute.
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
