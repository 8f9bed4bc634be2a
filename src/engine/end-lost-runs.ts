import { ownHolderId } from "../config/process.js";
import type { Database } from "../database/database.js";

/**
 * Ends the runs that this process could not end because their database was gone, and gives the build lock back.
 * Only to be called while this process runs no build: nobody else would take the lock from a process that lives.
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
