import { hostname } from "node:os";
import { ownProcessId, processExists } from "../config/process.js";
import type { Database } from "../database/database.js";
import { StardeckError } from "../database/errors.js";

/** A holder that has not shown itself for so long is taken for dead. */
const staleAfterSeconds = 60;
const heartbeatEveryMs = 10_000;

/** What a run is entered with. */
export interface RunEntry {
    readonly command: string;
    readonly selection: string;
    readonly fullRefresh: boolean;
    readonly threads: number;
}

interface Holder {
    readonly runId: string;
    readonly host: string;
    readonly processId: number;
    readonly startedBy: string;
    readonly secondsSilent: number;
}

/**
 * Enters a run and holds the build lock while `use` runs: one build at a time per database.
 *
 * The lock is a row and not an advisory lock: all clients of the embedded database share one session, and so do clients of a pooler.
 * A crashed holder does not keep it: one on this machine is known by its process id, one elsewhere by its silence.
 *
 * @throws StardeckError `failed`, naming the holder, while another build runs.
 */
export async function withBuildLock<T>(
    database: Database,
    entry: RunEntry,
    use: (runId: string) => Promise<T>,
): Promise<T> {
    const runId = await takeLock(database, entry);
    const heartbeat = setInterval(() => {
        database
            .query("update ops.build_lock set heartbeat_at = clock_timestamp() where run_id = $1", [runId])
            // A missed heartbeat is made up for by the next; a lost database ends the build by its own error.
            .catch(() => undefined);
    }, heartbeatEveryMs);
    try {
        return await use(runId);
    } finally {
        clearInterval(heartbeat);
        await database.query("delete from ops.build_lock where run_id = $1", [runId]);
    }
}

function takeLock(database: Database, entry: RunEntry): Promise<string> {
    return database.withTransaction(async (connection) => {
        await connection.query("lock table ops.build_lock in share row exclusive mode");
        const { rows: holders } = await connection.query<Holder>(
            `select
                build_lock.run_id as "runId", host, process_id as "processId", started_by as "startedBy",
                extract(epoch from clock_timestamp() - heartbeat_at)::float8 as "secondsSilent"
            from ops.build_lock
            join ops.run on run.run_id = build_lock.run_id`,
        );
        const [holder] = holders;
        if (holder !== undefined) {
            if (isAlive(holder)) {
                throw new StardeckError(`Another build is running: run ${holder.runId} by ${holder.startedBy}.`, {
                    code: "failed",
                    hint: "Wait until it ends, or stop it there.",
                });
            }
            await connection.query("delete from ops.build_lock");
        }
        // Whatever is still called running has nobody who runs it.
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
            "insert into ops.build_lock (lock_id, run_id, host, process_id, heartbeat_at) values (1, $1, $2, $3, clock_timestamp())",
            [runId, hostname(), ownProcessId],
        );
        return runId;
    });
}

function isAlive(holder: Holder): boolean {
    if (holder.host === hostname()) {
        return processExists(holder.processId);
    }
    return holder.secondsSilent < staleAfterSeconds;
}
