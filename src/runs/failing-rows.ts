import type { Queryable } from "../warehouse/registry.js";
import type { RowTexts } from "./changed-rows.js";

/** A sample of the rows that failed a data test in a run. */
export interface FailingRows {
    readonly testName: string;
    readonly rows: readonly RowTexts[];
}

const longestValue = 200;

/** For each data test of a model that did not pass: the first rows that the run kept, with values as PostgreSQL writes them. */
export async function loadFailingRows(
    database: Queryable,
    runId: string,
    modelName: string,
    limit: number,
): Promise<ReadonlyMap<string, FailingRows>> {
    const { rows } = await database.query<FailingRows>(
        `select
            test_name as "testName",
            coalesce(
                (
                    select jsonb_agg(
                        (select jsonb_object_agg(key, left(value, ${longestValue})) from jsonb_each_text(kept.row))
                        order by kept.place
                    )
                    from jsonb_array_elements(failing_rows) with ordinality as kept (row, place)
                    where kept.place <= $3
                ),
                '[]'
            ) as rows
        from ops.test_run
        where run_id = $1 and model_name = $2 and status <> 'passed'`,
        [runId, modelName, limit],
    );
    return new Map(rows.map((row) => [row.testName, row]));
}
