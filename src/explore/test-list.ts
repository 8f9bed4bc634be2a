import type { Queryable } from "../warehouse/registry.js";

/** How a data test last did. */
export interface ListedTest {
    readonly testName: string;
    /** passed, failed, warned or broken. */
    readonly status: string;
    readonly failingCount: number | null;
    readonly durationMs: number | null;
    readonly message: string | null;
    /** The run in which it was last asked. */
    readonly runId: string;
}

/** The last result of every data test that was ever run, by name. */
export async function loadTestList(database: Queryable): Promise<ReadonlyMap<string, ListedTest>> {
    const { rows } = await database.query<ListedTest>(
        `select
            data_test.test_name as "testName", last.status, last.failing_count::float8 as "failingCount",
            extract(epoch from last.finished_at - last.started_at)::float8 * 1000 as "durationMs", last.message, last.run_id as "runId"
        from ops.data_test
        cross join lateral (
            select status, failing_count, started_at, finished_at, message, run_id::text
            from ops.test_run
            where test_run.test_name = data_test.test_name
            order by test_run.run_id desc
            limit 1
        ) as last`,
    );
    return new Map(rows.map((row) => [row.testName, row]));
}
