import type { Connection } from "../database/connection.js";
import { StatementError } from "../database/errors.js";
import { judgeFailures } from "../warehouse/data-tests.js";
import type { DataTest } from "../warehouse/registry.js";
import type { TestRun, TestStatus } from "../runs/run.js";
import type { DataTestOutcome } from "../runs/run-log.js";
import type { FailingEntities } from "../runs/test-state.js";
import type { EntityScope } from "./entity-scope.js";
import { failingEntitiesSql } from "./failing-entities.js";
import type { Target } from "./target.js";

/** How many failing rows are kept as a sample; the count is always exact. */
const maxKeptRows = 50;

/** Runs data tests in the open transaction, behind a savepoint, so that one whose SQL fails undoes nothing else. */
export async function withDataTests<T>(connection: Connection, use: () => Promise<T>): Promise<T> {
    await connection.query("savepoint data_tests");
    const result = await use();
    await connection.query("release savepoint data_tests");
    return result;
}

/**
 * Runs one data test, within `withDataTests`. A test whose SQL fails is `broken`; the transaction goes on.
 *
 * With a scope, it tests only the rows of these entities; that needs failing rows with the entity key.
 */
export async function runDataTest(
    connection: Connection,
    test: DataTest,
    {
        scope = null,
        failingElsewhere = 0,
        entitiesOf = null,
        otherEntities = [],
    }: {
        readonly scope?: EntityScope | null;
        /** Failing rows that are known of and not asked for again. */
        readonly failingElsewhere?: number;
        /** Whose entities to tell apart; null where the failing rows do not carry the entity key. */
        readonly entitiesOf?: Target | null;
        /** The entities of the failing rows elsewhere; null where they are not known. */
        readonly otherEntities?: FailingEntities["entities"] | null;
    } = {},
): Promise<DataTestOutcome> {
    const startedAt = new Date();
    const started = performance.now();
    const outcome = (
        status: TestStatus,
        failingCount: number,
        failingRows: string,
        { message = null, failingEntities = null }: { message?: string | null; failingEntities?: string | null } = {},
    ): DataTestOutcome => ({
        result: {
            testName: test.name,
            modelName: test.modelName,
            severity: test.severity,
            status,
            failingCount,
            durationMs: performance.now() - started,
            message,
        },
        failingRows,
        failingEntities,
        startedAt,
    });

    try {
        const where = scope === null ? "" : `where ${scope.condition}`;
        const { rows } = await connection.query<{
            failingCount: number;
            failingRows: string | null;
            failingEntities: string | null;
        }>(
            `with failing as materialized (select * from (${test.failingRowsSql}) as failing_row ${where})
            select
                (select count(*) from failing)::float8 as "failingCount",
                (select jsonb_agg(to_jsonb(kept))::text from (select * from failing limit ${maxKeptRows}) as kept) as "failingRows",
                ${entitiesOf === null ? "null" : failingEntitiesSql(entitiesOf, "failing")} as "failingEntities"`,
            scope?.parameters ?? [],
        );
        const failingCount = failingElsewhere + (rows[0]?.failingCount ?? 0);
        return outcome(judgeFailures(test, failingCount), failingCount, rows[0]?.failingRows ?? "[]", {
            failingEntities: addEntitiesOrNull(rows[0]?.failingEntities ?? null, otherEntities),
        });
    } catch (error) {
        // A cancelled or timed-out test says nothing about the data: the build handles it.
        if (!(error instanceof StatementError) || error.sqlState === "57014") {
            throw error;
        }
        await connection.query("rollback to savepoint data_tests");
        return outcome("broken", 0, "[]", { message: error.message });
    }
}

function addEntitiesOrNull(found: string | null, others: FailingEntities["entities"] | null): string | null {
    if (found === null || others === null || others.length === 0) {
        return others === null ? null : found;
    }
    const { key, entities } = JSON.parse(found) as FailingEntities;
    return JSON.stringify({ key, entities: [...others, ...entities] });
}

/** Whether a test's result prevents the model from being published. */
export function blocksPublishing(result: TestRun): boolean {
    return result.severity === "error" && (result.status === "failed" || result.status === "broken");
}
