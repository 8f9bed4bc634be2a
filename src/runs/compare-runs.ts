import type { Queryable } from "../warehouse/registry.js";

/** A model in one of two runs. */
export interface ComparedModel {
    readonly status: string;
    readonly scope: string | null;
    readonly durationMs: number | null;
    /** Null for views and for models that were not built. */
    readonly rowsInserted: number | null;
    readonly rowsUpdated: number | null;
    readonly rowsDeleted: number | null;
}

/** A data test in one of two runs. */
export interface ComparedTest {
    readonly status: string;
    readonly failingCount: number | null;
}

/** Something in two runs; null where a run had nothing to do with it. */
export interface Compared<T> {
    readonly name: string;
    readonly left: T | null;
    readonly right: T | null;
}

export interface RunComparison {
    /** In build order. */
    readonly models: readonly Compared<ComparedModel>[];
    /** Those that did not pass in one of them, or were asked in one only. */
    readonly tests: readonly Compared<ComparedTest>[];
}

/** Two runs side by side, model by model and test by test. */
export async function compareRuns(database: Queryable, leftId: string, rightId: string): Promise<RunComparison> {
    const modelOf = (side: string): string => `case when ${side}.run_id is not null then jsonb_build_object(
        'status', ${side}.status, 'scope', ${side}.scope,
        'durationMs', extract(epoch from ${side}.finished_at - ${side}.started_at)::float8 * 1000,
        'rowsInserted', ${side}.rows_inserted, 'rowsUpdated', ${side}.rows_updated, 'rowsDeleted', ${side}.rows_deleted
    ) end`;
    const { rows: models } = await database.query<Compared<ComparedModel>>(
        `select coalesce(one.model_name, other.model_name) as name, ${modelOf("one")} as "left", ${modelOf("other")} as "right"
        from (select * from ops.model_run where run_id = $1) as one
        full join (select * from ops.model_run where run_id = $2) as other on other.model_name = one.model_name
        order by coalesce(other.position, one.position), name`,
        [leftId, rightId],
    );
    const testOf = (side: string): string => `case when ${side}.run_id is not null then jsonb_build_object(
        'status', ${side}.status, 'failingCount', ${side}.failing_count
    ) end`;
    const { rows: tests } = await database.query<Compared<ComparedTest>>(
        `select coalesce(one.test_name, other.test_name) as name, ${testOf("one")} as "left", ${testOf("other")} as "right"
        from (select * from ops.test_run where run_id = $1) as one
        full join (select * from ops.test_run where run_id = $2) as other on other.test_name = one.test_name
        where one.status is distinct from other.status or one.status <> 'passed'
        order by name`,
        [leftId, rightId],
    );
    return { models, tests };
}
