import { buildChangedRowsCondition, loadChangedRows } from "../../explore/changed-rows.js";
import type { TableModel } from "../../warehouse/registry.js";
import type { App, Dialog } from "../app.js";
import { Lines } from "../components/DialogBox.js";
import { React } from "../ink.js";
import { listMotionOfKeyOrNull } from "../list-keys.js";
import { formatChangedRows } from "../presentation/changed-rows-lines.js";
import { wrapText } from "../presentation/fit-text.js";
import { makeResource } from "../resource.js";
import { makeStore } from "../store.js";

const statementTimeoutMs = 10_000;

export interface ChangedRowsOfModel {
    readonly runId: string;
    readonly model: TableModel;
    /** How many rows the run changed. */
    readonly changedCount: number;
}

/** The rows that a run changed in a model, before and after; one key goes to them in the grid. */
export function makeChangedRows(app: App, { runId, model, changedCount }: ChangedRowsOfModel): Dialog {
    const top = makeStore(0);
    let height = 10;
    let lineCount = 0;
    const changed = makeResource((signal) =>
        app.read(
            (database) =>
                database.withReadOnlyTransaction(
                    (connection) => loadChangedRows(connection, runId, { modelName: model.name, layer: model.layer }),
                    { statementTimeoutMs },
                ),
            signal,
        ),
    );
    void changed.load();

    function showInGrid(): void {
        const { value } = changed.get();
        const where = value === null ? null : buildChangedRowsCondition(model.primaryKey, value.rows);
        app.closeDialog();
        app.go({
            screen: "data",
            show: {
                kind: "relation",
                schema: model.layer,
                name: model.name,
                ...(where === null ? {} : { where, title: `changed by run ${runId}` }),
            },
        });
    }

    return {
        title: `${model.name}: what run ${runId} changed`,
        size: { columns: 1000, rows: 1000 },
        changes: [top, changed],
        hints: "↑↓ PgUp PgDn scroll  v rows in the grid  esc close",
        render: ({ columns, rows }) => {
            const { value, error } = changed.get();
            const lines =
                value !== null
                    ? formatChangedRows(value, {
                          primaryKey: model.primaryKey,
                          changedCount,
                          width: columns,
                          theme: app.theme.get(),
                      })
                    : wrapText(error === null ? "Reading the changed rows …" : error.message, columns);
            height = rows;
            lineCount = lines.length;
            return <Lines lines={lines.slice(top.get(), top.get() + rows)} />;
        },
        takeInput: (event) => {
            const scroll = (by: number): void => {
                top.update((line) => Math.max(0, Math.min(line + by, lineCount - height)));
            };
            if (event.kind === "mouse") {
                scroll(event.action === "wheel-up" ? -3 : event.action === "wheel-down" ? 3 : 0);
                return true;
            }
            if (event.kind !== "key") {
                return false;
            }
            if (event.name === "v") {
                showInGrid();
                return true;
            }
            if (event.name === "enter" || event.name === "q") {
                app.closeDialog();
                return true;
            }
            const by = listMotionOfKeyOrNull(event.name, height);
            if (by !== null) {
                scroll(by);
            }
            return by !== null;
        },
        onClose: changed.cancel,
    };
}
