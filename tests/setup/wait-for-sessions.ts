import { vi } from "vitest";
import type { Database } from "../../src/database/database.js";

/**
 * Resolves, with their process ids, when other sessions of the database are in a state: the given number of them, by default at least one.
 *
 * @param condition on the columns of pg_stat_activity
 */
export async function waitForSessions(
    database: Database,
    condition: string,
    count: number | null = null,
): Promise<readonly number[]> {
    return await vi.waitUntil(
        async () => {
            const { rows } = await database.query<{ pid: number }>(
                `select pid from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid() and ${condition}`,
            );
            const isMet = count === null ? rows.length > 0 : rows.length === count;
            return isMet ? rows.map(({ pid }) => pid) : false;
        },
        { timeout: 60_000, interval: 20 },
    );
}
