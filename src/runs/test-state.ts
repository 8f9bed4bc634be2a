import type { Connection } from "../database/connection.js";
import type { TestRun } from "./run.js";

/** How many failing rows each test of a model has in what is published; without the tests that nothing is known of. */
export async function loadTestState(connection: Connection, modelName: string): Promise<ReadonlyMap<string, number>> {
    const { rows } = await connection.query<{ name: string; failingCount: number }>(
        `select test_name as name, failing_count::float8 as "failingCount"
        from ops.test_state
        join ops.data_test using (test_name)
        where model_name = $1`,
        [modelName],
    );
    return new Map(rows.map((row) => [row.name, row.failingCount]));
}

/** Remembers the counts of what is being published; commits with it. Tests that were not run have no count that could be trusted. */
export async function saveTestState(
    connection: Connection,
    modelName: string,
    results: readonly TestRun[],
): Promise<void> {
    await connection.query(
        "delete from ops.test_state where test_name in (select test_name from ops.data_test where model_name = $1)",
        [modelName],
    );
    const answered = results.filter(({ status }) => status !== "broken");
    await connection.query(
        "insert into ops.test_state (test_name, failing_count) select * from unnest($1::text[], $2::bigint[])",
        [answered.map(({ testName }) => testName), answered.map(({ failingCount }) => failingCount)],
    );
}
