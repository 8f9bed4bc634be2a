import type { Connection } from "../database/connection.js";
import type { DataTest } from "../warehouse/registry.js";
import type { AffectedEntities } from "./affected-entities.js";
import type { BuildListener } from "./events.js";
import { blocksPublishing, runDataTest, type DataTestOutcome } from "./run-data-test.js";
import { equalityOf, type Target } from "./target.js";

/**
 * The data tests of a model, around its merge in the same transaction.
 *
 * In a whole rebuild every row is asked. In an incremental one only the affected entities are, wherever the answer for the others
 * cannot differ; the count of all failing rows is then what was known, less those of the affected entities before, plus those after.
 */
export interface Audit {
    /**
     * To be called after the merge.
     *
     * @throws AuditFailure when an error-severity test fails, so that the transaction rolls back.
     */
    readonly run: () => Promise<readonly DataTestOutcome[]>;
}

/** Thrown inside the model's transaction so that it rolls back; carries what the audit found. */
export class AuditFailure extends Error {
    constructor(
        readonly scope: AffectedEntities["scope"],
        readonly outcomes: readonly DataTestOutcome[],
    ) {
        super("the audit failed");
    }
}

/**
 * Counts what has to be known before the merge.
 *
 * @param isOwnAffair whether no change of other tables can make the answer differ for entities that are not affected
 */
export async function prepareAudit(
    connection: Connection,
    target: Target,
    tests: readonly DataTest[],
    affected: AffectedEntities,
    isOwnAffair: (test: DataTest) => boolean,
    onEvent: BuildListener,
): Promise<Audit> {
    const published = await loadTestState(connection, target.model.name);
    const entities = {
        entityKey: target.entityKey,
        entityType: target.entityType,
        equality: equalityOf(target, target.entityKey),
        entities: affected.entities,
    };
    const steps: (() => Promise<DataTestOutcome>)[] = [];
    for (const test of tests) {
        const known = published.get(test.name);
        const isPartial = affected.scope.kind === "entities" && test.isPerEntity && isOwnAffair(test);
        if (!isPartial || known === undefined) {
            steps.push(() => runDataTest(connection, test));
        } else if (known === 0) {
            steps.push(() => runDataTest(connection, test, entities));
        } else if (readsOneTable(test)) {
            const before = await runDataTest(connection, test, entities);
            const others = known - before.result.failingCount;
            steps.push(() => runDataTest(connection, test, entities, others));
        } else {
            // Other tables have changed since that count, so nothing can be taken off it.
            steps.push(() => runDataTest(connection, test));
        }
    }
    return {
        run: async () => {
            const outcomes: DataTestOutcome[] = [];
            for (const step of steps) {
                const outcome = await step();
                onEvent({ type: "test-finished", result: outcome.result });
                outcomes.push(outcome);
            }
            if (outcomes.some((outcome) => blocksPublishing(outcome.result))) {
                throw new AuditFailure(affected.scope, outcomes);
            }
            return outcomes;
        },
    };
}

function readsOneTable(test: DataTest): boolean {
    return ["not_null", "accepted_values", "expression", "scd2", "unique"].includes(test.kind);
}

async function loadTestState(connection: Connection, modelName: string): Promise<ReadonlyMap<string, number>> {
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
    outcomes: readonly DataTestOutcome[],
): Promise<void> {
    await connection.query(
        "delete from ops.test_state where test_name in (select test_name from ops.data_test where model_name = $1)",
        [modelName],
    );
    const answered = outcomes.filter((outcome) => outcome.result.status !== "broken");
    await connection.query(
        "insert into ops.test_state (test_name, failing_count) select * from unnest($1::text[], $2::bigint[])",
        [answered.map(({ result }) => result.testName), answered.map(({ result }) => result.failingCount)],
    );
}
