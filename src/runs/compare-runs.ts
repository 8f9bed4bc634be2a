import type { Queryable } from "../warehouse/registry.js";
import { modelRunColumns, testRunColumns, type ModelRun, type TestRun } from "./run.js";

/** Something in two runs; null where a run had nothing to do with it. */
export interface Compared<T> {
    readonly name: string;
    readonly left: T | null;
    readonly right: T | null;
}

export interface RunComparison {
    /** In build order. */
    readonly models: readonly Compared<ModelRun>[];
    /** Those that did not pass in one of them, or were asked in one only. */
    readonly tests: readonly Compared<TestRun>[];
}

/** Two runs side by side, model by model and test by test. */
export async function compareRuns(database: Queryable, leftId: string, rightId: string): Promise<RunComparison> {
    const { rows: models } = await database.query<Compared<ModelRun>>(
        `with
            one as (select position, ${modelRunColumns} from ops.model_run where run_id = $1),
            other as (select position, ${modelRunColumns} from ops.model_run where run_id = $2)
        select
            coalesce(one."modelName", other."modelName") as name,
            case when one."modelName" is not null then to_jsonb(one) - 'position' end as "left",
            case when other."modelName" is not null then to_jsonb(other) - 'position' end as "right"
        from one
        full join other on other."modelName" = one."modelName"
        order by coalesce(other.position, one.position), name`,
        [leftId, rightId],
    );
    const { rows: tests } = await database.query<Compared<TestRun>>(
        `with
            one as (select ${testRunColumns} from ops.test_run where run_id = $1),
            other as (select ${testRunColumns} from ops.test_run where run_id = $2)
        select
            coalesce(one."testName", other."testName") as name,
            case when one."testName" is not null then to_jsonb(one) end as "left",
            case when other."testName" is not null then to_jsonb(other) end as "right"
        from one
        full join other on other."testName" = one."testName"
        where one.status is distinct from other.status or one.status <> 'passed'
        order by name`,
        [leftId, rightId],
    );
    return { models, tests };
}
