import { hostname } from "node:os";
import { setTimeout } from "node:timers/promises";
import { ownHolderId, ownProcessId } from "../config/process.js";
import type { Database } from "../database/database.js";
import { StardeckError } from "../database/errors.js";
import { takeSessionLock } from "../database/session-lock.js";
import { refuseOlderOperations } from "../warehouse/warehouse-state.js";
import { buildLockKey, loadLockHolderOrNull, runLockKey, type LockHolder } from "./build-lock-holder.js";
import type { RunCommand } from "./run.js";

const heartbeatEveryMs = 10_000;

/** What `ops.run` records when a run begins, and whether to wait for another build. */
export interface RunEntry {
    readonly command: RunCommand;
    readonly selection: string;
    readonly fullRefresh: boolean;
    readonly threads: number;
    /** If given, the run waits while another build runs; called once for each build that it waits for. */
    readonly onWait?: (message: string) => void;
    /** Ends the waiting. */
    readonly signal?: AbortSignal;
}

/** How often to check whether the other build has ended. */
const waitStepMs = 1000;

class OtherBuildError extends StardeckError {
    constructor({ runId, startedBy }: LockHolder) {
        super(`Another build is running: run ${runId} by ${startedBy}.`, {
            code: "failed",
            hint: "Wait until it ends, or stop it there; --wait waits for it.",
        });
    }
}

/**
 * Records a run and holds the build lock while `use` runs: one build at a time per database. A row names the holder. Where this
 * process can have a session of its own, an advisory lock on it also shows that the process is alive.
 *
 * @param use gets the database that it must use: where there is no session lock, its transactions show that the run is alive
 * @throws StardeckError `failed`, naming the holder, while another build runs.
 */
export async function withBuildLock<T>(
    database: Database,
    entry: RunEntry,
    use: (runId: string, database: Database) => Promise<T>,
): Promise<T> {
    await refuseOlderOperations(database);
    let toldOf = "";
    for (;;) {
        try {
            return await holdBuildLock(database, entry, use);
        } catch (error) {
            if (!(error instanceof OtherBuildError) || entry.onWait === undefined) {
                throw error;
            }
            if (error.message !== toldOf) {
                toldOf = error.message;
                entry.onWait(error.message);
            }
            await setTimeout(waitStepMs, undefined, entry.signal === undefined ? {} : { signal: entry.signal });
        }
    }
}

async function holdBuildLock<T>(
    database: Database,
    entry: RunEntry,
    use: (runId: string, database: Database) => Promise<T>,
): Promise<T> {
    const session = await takeSessionLock(database, buildLockKey);
    const lock = session.kind === "held" ? session.lock : null;
    try {
        const runId = await takeLock(database, entry, lock?.pid ?? null);
        const showLife = async (change = ""): Promise<void> => {
            await database
                .query(`update ops.build_lock set heartbeat_at = clock_timestamp()${change} where run_id = $1`, [runId])
                // The next heartbeat makes up for a missed one; if the database is lost, the build's own statements fail.
                .catch(() => undefined);
        };
        let hasSession = lock !== null;
        lock?.onLost(() => {
            hasSession = false;
            void showLife(", session_pid = null");
        });
        let isShowing = false;
        const heartbeat = setInterval(() => {
            // A heartbeat may queue behind the build's own statements; do not pile up more.
            if (!isShowing) {
                isShowing = true;
                void showLife().finally(() => {
                    isShowing = false;
                });
            }
        }, heartbeatEveryMs);
        try {
            return await use(
                runId,
                showInTransactions(database, runId, () => !hasSession && database.kind === "server"),
            );
        } finally {
            clearInterval(heartbeat);
            await database.query("delete from ops.build_lock where run_id = $1", [runId]);
        }
    } finally {
        await lock?.release();
    }
}

/**
 * Wraps the database so that each transaction first takes a lock that other processes see. With only one connection, or behind a
 * pooler, a heartbeat may come late or not at all while a statement runs.
 */
function showInTransactions(database: Database, runId: string, isNeeded: () => boolean): Database {
    return {
        ...database,
        withTransaction: (use, options) =>
            database.withTransaction(async (connection) => {
                if (isNeeded()) {
                    await connection.query(`select pg_advisory_xact_lock_shared(${buildLockKey}, $1)`, [
                        runLockKey(runId),
                    ]);
                }
                return use(connection);
            }, options),
    };
}

function takeLock(database: Database, entry: RunEntry, sessionPid: number | null): Promise<string> {
    return database.withTransaction(async (connection) => {
        await connection.query("lock table ops.build_lock in share row exclusive mode");
        const holder = await loadLockHolderOrNull(connection, database.kind);
        if (holder !== null) {
            if (holder.isAlive) {
                throw new OtherBuildError(holder);
            }
            await connection.query("delete from ops.build_lock");
        }
        // We hold the lock, so no process is behind any run that is still marked as running.
        await connection.query(
            `with crashed as (
                update ops.run
                set status = 'crashed', finished_at = clock_timestamp(), message = 'The process ended without a word.'
                where status = 'running'
                returning run_id
            )
            update ops.model_run
            set status = 'cancelled', finished_at = clock_timestamp()
            where run_id in (select run_id from crashed) and status in ('queued', 'running')`,
        );
        const { rows } = await connection.query<{ runId: string }>(
            `insert into ops.run (command, selection, is_full_refresh, status, threads, started_by, started_at)
            values ($1, $2, $3, 'running', $4, current_user || '@' || $5::text || ' pid ' || $6::text, clock_timestamp())
            returning run_id as "runId"`,
            [entry.command, entry.selection, entry.fullRefresh, entry.threads, hostname(), String(ownProcessId)],
        );
        const runId = rows[0]?.runId ?? "";
        await connection.query(
            `insert into ops.build_lock (lock_id, run_id, host, process_id, heartbeat_at, holder_id, session_pid)
            values (1, $1, $2, $3, clock_timestamp(), $4, $5)`,
            [runId, hostname(), ownProcessId, ownHolderId, sessionPid],
        );
        return runId;
    });
}

/**
 * Ends the runs that this process could not end because their database was gone, and releases the build lock: no other process
 * takes the lock from one that is alive. Call it only while this process runs no build.
 *
 * @returns how many there were.
 */
export function endLostRuns(database: Database, message: string): Promise<number> {
    return database.withTransaction(async (connection) => {
        const { rows } = await connection.query<{ runId: string }>(
            `delete from ops.build_lock where holder_id = $1 returning run_id as "runId"`,
            [ownHolderId],
        );
        const runIds = rows.map(({ runId }) => runId);
        await connection.query(
            `with ended as (
                update ops.run
                set status = 'failed', finished_at = clock_timestamp(), message = $2
                where run_id = any($1::bigint[]) and status = 'running'
                returning run_id
            )
            update ops.model_run
            set status = 'cancelled', finished_at = clock_timestamp(), message = $2
            where run_id in (select run_id from ended) and status in ('queued', 'running')`,
            [runIds, message],
        );
        return runIds.length;
    });
}
