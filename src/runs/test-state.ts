import type { Connection } from "../database/connection.js";
import type { Entity } from "./entity-queue.js";
import type { DataTestOutcome } from "./run-log.js";

/** How many failing rows each entity has. */
export interface FailingEntities {
    /** The columns of the entity key for which it was written, quoted: a model may get another one. */
    readonly key: readonly string[];
    readonly entities: readonly (readonly [entity: Entity, rowCount: number])[];
}

/** The failing rows that a test has in what is published. */
export interface TestState {
    readonly failingCount: number;
    /** Null where the test does not tell, or they are many. */
    readonly failingEntities: FailingEntities | null;
}

/** What is known of each test of a model; without the tests that nothing is known of. */
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

/** Remembers what is being published; commits with it. Tests that were not run have no count that could be trusted. */
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
