import type { Connection } from "../database/connection.js";
import type { DataTest } from "../warehouse/registry.js";
import type { AffectedEntities } from "./affected-entities.js";
import type { BuildListener } from "./events.js";
import { blocksPublishing, runDataTest, withDataTests } from "./run-data-test.js";
import type { DataTestOutcome } from "../runs/run-log.js";
import { loadTestState } from "../runs/test-state.js";
import { makeEntityScope } from "./entity-scope.js";
import { leaveOutScopeOrNull } from "./failing-entities.js";
import type { Target } from "./target.js";

/**
 * The data tests of a model: prepared before its merge and run after it, in the same transaction.
 *
 * After a whole rebuild, tests cover every row. After an incremental one, a test covers only the affected entities if the result for
 * the others cannot differ: the known count, minus the affected entities' failing rows before the merge, plus those after it.
 */
export interface Audit {
    /**
     * Call it after the merge.
     *
     * @throws AuditFailure when an error-severity test fails, so that the transaction rolls back.
     */
    readonly run: () => Promise<readonly DataTestOutcome[]>;
}

/** Thrown inside the model's transaction so that it rolls back; carries the test results. */
export class AuditFailure extends Error {
    constructor(
        readonly scope: AffectedEntities["scope"],
        readonly outcomes: readonly DataTestOutcome[],
    ) {
        super("the audit failed");
    }
}

/**
 * Takes the counts that are needed from before the merge.
 *
 * @param isOwnAffair whether the result for unaffected entities depends only on this model, not on changes of other tables
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
    const scope = makeEntityScope(target, affected.entities);
    const steps: (() => Promise<DataTestOutcome>)[] = [];
    for (const test of tests) {
        const known = published.get(test.name);
        const entitiesOf = isPerEntity(test, target) ? target : null;
        const isPartial = affected.scope.kind === "entities" && entitiesOf !== null && isOwnAffair(test);
        const others =
            isPartial && known?.failingEntities
                ? await leaveOutScopeOrNull(connection, target, known.failingEntities, scope)
                : null;
        if (!isPartial || known === undefined) {
            steps.push(() => runDataTest(connection, test, { entitiesOf }));
        } else if (others !== null) {
            const failingElsewhere = others.reduce((sum, [, rowCount]) => sum + rowCount, 0);
            steps.push(() =>
                runDataTest(connection, test, { scope, entitiesOf, failingElsewhere, otherEntities: others }),
            );
        } else if (readsOneTable(test)) {
            const before = await withDataTests(connection, () => runDataTest(connection, test, { scope }));
            const failingElsewhere = known.failingCount - before.result.failingCount;
            steps.push(() => runDataTest(connection, test, { scope, failingElsewhere, otherEntities: null }));
        } else {
            // The test also reads other tables, which may have changed since that count: run it on all rows.
            steps.push(() => runDataTest(connection, test, { entitiesOf }));
        }
    }
    return {
        run: async () => {
            const outcomes: DataTestOutcome[] = [];
            await withDataTests(connection, async () => {
                for (const step of steps) {
                    const outcome = await step();
                    onEvent({ type: "test-finished", result: outcome.result });
                    outcomes.push(outcome);
                }
            });
            if (outcomes.some((outcome) => blocksPublishing(outcome.result))) {
                throw new AuditFailure(affected.scope, outcomes);
            }
            return outcomes;
        },
    };
}

/** Failing rows of `unique` and `scd2` depend on the test's columns, so these must contain the entity key. */
function isPerEntity({ isPerEntity: isOfOne, kind, columns }: DataTest, { model }: Target): boolean {
    return (
        isOfOne &&
        model.entityKey.length > 0 &&
        (!["unique", "scd2"].includes(kind) || model.entityKey.every((name) => columns.includes(name)))
    );
}

function readsOneTable(test: DataTest): boolean {
    return ["not_null", "accepted_values", "expression", "scd2", "unique"].includes(test.kind);
}
