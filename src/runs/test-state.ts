import type { Connection } from "../database/connection.js";
import type { Entity } from "./entity-queue.js";
import type { DataTestOutcome } from "./run-log.js";

/** How many failing rows each entity has. */
export interface FailingEntities {
    /** The quoted columns of the entity key at that time: a model may get another key. */
    readonly key: readonly string[];
    readonly entities: readonly (readonly [entity: Entity, rowCount: number])[];
}

/** The failing rows of a test in the published data. */
export interface TestState {
    readonly failingCount: number;
    /** Null if the test does not tell, or if there are too many. */
    readonly failingEntities: FailingEntities | null;
}

/** What is known about each test of a model; tests without known failing rows are left out. */
export async function loadTestState(
    connection: Connection,
    modelName: string,
): Promise<ReadonlyMap<string, TestState>> {
    const { rows } = await connection.query<TestState & { name: string }>(
        `select
            test_name as name, failing_count::float8 as "failingCount", failing_entities as "failingEntities"
        from ops.test_state
        join ops.data_test using (test_name)
        where model_name = $1`,
        [modelName],
    );
    return new Map(rows.map((row) => [row.name, row]));
}

/** Records the failing rows of the data being published and commits with it. Tests that did not run have no valid count. */
export async function saveTestState(
    connection: Connection,
    modelName: string,
    outcomes: readonly DataTestOutcome[],
): Promise<void> {
    await connection.query(
        "delete from ops.test_state where test_name in (select test_name from ops.data_test where model_name = $1)",
        [modelName],
    );
    const answered = outcomes.filter(({ result }) => result.status !== "broken");
    await connection.query(
        `insert into ops.test_state (test_name, failing_count, failing_entities)
        select * from unnest($1::text[], $2::bigint[], $3::jsonb[])`,
        [
            answered.map(({ result }) => result.testName),
            answered.map(({ result }) => result.failingCount),
            answered.map(({ failingEntities }) => failingEntities),
        ],
    );
}
