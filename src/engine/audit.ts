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
            // Other tables have changed since that count, so nothing can be taken off it.
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

/** Failing rows of these kinds have the columns of the test alone. */
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
