import { keepDigitsSql } from "../database/exact-numbers.js";
import type { Queryable } from "../warehouse/registry.js";

/** One row that a run changed. Rows are JSON objects by column name; numbers of many digits are strings. */
export interface RowChange {
    readonly operation: "insert" | "update" | "delete";
    readonly oldRow: Readonly<Record<string, unknown>> | null;
    readonly newRow: Readonly<Record<string, unknown>> | null;
}

/** The sample of changed rows that a run kept of a model, before and after. A first load keeps none: every row is new. */
export async function loadRowChanges(
    database: Queryable,
    runId: string,
    modelName: string,
): Promise<readonly RowChange[]> {
    const { rows } = await database.query<RowChange>(
        `select operation, ${keepDigitsSql("old_row")} as "oldRow", ${keepDigitsSql("new_row")} as "newRow"
        from ops.row_change
        where run_id = $1 and model_name = $2
        order by position`,
        [runId, modelName],
    );
    return rows;
}
