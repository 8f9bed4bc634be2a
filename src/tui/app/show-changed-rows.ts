import { buildChangedRowsCondition, buildChangedRowsSql, loadChangedRows } from "../../runs/changed-rows.js";
import { formatQuantity } from "../../text/format-values.js";
import type { TableModel } from "../../warehouse/registry.js";
import type { DataTarget } from "../kit/screen.js";
import type { App } from "./app.js";

const timeLimitMs = 10_000;

export interface ChangedRowsOfModel {
    readonly runId: string;
    readonly model: TableModel;
    /** How many rows the run changed; the sample may hold fewer. */
    readonly changedCount: number;
}

/** Shows in the grid what a run changed in a model, with old and new values; as a second choice, the same rows as they are now. */
export async function showChangedRows(app: App, { runId, model, changedCount }: ChangedRowsOfModel): Promise<void> {
    const { schema, name, primaryKey } = model;
    try {
        const changed = await app.read(
            (database, options) =>
                database.withReadOnlyTransaction(
                    (connection) => loadChangedRows(connection, runId, { modelName: name, schema }),
                    options,
                ),
            undefined,
            timeLimitMs,
        );
        if (changed.rows.length === 0) {
            app.say("No changed rows were kept: in a first load every row is new.");
            return;
        }
        const isSample = changedCount > changed.rows.length;
        const what = isSample
            ? `${name}: what run ${runId} changed, the first ${changed.rows.length} of ${formatQuantity(changedCount, "row")}`
            : `${name}: what run ${runId} changed`;
        const changes: DataTarget = {
            kind: "query",
            sql: buildChangedRowsSql(changed, primaryKey, { runId, modelName: name }),
            title: what,
            trace: { relationName: name, column: null },
        };
        const where = buildChangedRowsCondition(primaryKey, changed.rows);
        const now: readonly DataTarget[] =
            where === null ? [] : [{ kind: "relation", schema, name, where, title: `as they are now: ${what}` }];
        app.go({ screen: "data", show: changes, beside: [changes, ...now] });
    } catch (error) {
        app.say(error instanceof Error ? error.message : String(error), "failed");
    }
}
