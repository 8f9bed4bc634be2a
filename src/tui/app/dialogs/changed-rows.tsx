import { buildChangedRowsCondition, loadChangedRows } from "../../../runs/changed-rows.js";
import type { TableModel } from "../../../warehouse/registry.js";
import type { App } from "../app.js";
import type { Dialog } from "../../kit/screen.js";
import { React } from "../../kit/ink.js";
import { formatChangedRows } from "../lines/changed-rows-lines.js";
import { makeLoad } from "../../kit/load.js";
import { makeScrollArea } from "../../kit/scroll-area.js";
import { ScrollBox } from "../../kit/ScrollBox.js";
import { Styled } from "../../kit/Styled.js";

const timeLimitMs = 10_000;

export interface ChangedRowsOfModel {
    readonly runId: string;
    readonly model: TableModel;
    /** How many rows the run changed. */
    readonly changedCount: number;
}

/** The rows that a run changed in a model, before and after; one key goes to them in the grid. */
export function makeChangedRows(app: App, { runId, model, changedCount }: ChangedRowsOfModel): Dialog {
    const scroll = makeScrollArea(app.closeDialog);
    const changed = makeLoad(
        app,
        (database, options) =>
            database.withReadOnlyTransaction(
                (connection) => loadChangedRows(connection, runId, { modelName: model.name, schema: model.schema }),
                options,
            ),
        timeLimitMs,
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
                schema: model.schema,
                name: model.name,
                ...(where === null ? {} : { where, title: `changed by run ${runId}` }),
            },
        });
    }

    return {
        title: `${model.name}: what run ${runId} changed`,
        size: { columns: 1000, rows: 1000 },
        changes: [scroll.top, changed],
        hints: [
            ["↑↓ PgUp PgDn", "scroll"],
            ["v", "rows in the grid"],
            ["esc", "close"],
        ],
        render: (size) => {
            const { value, error } = changed.get();
            if (value === null) {
                return <Styled wrap="wrap">{error === null ? "Reading the changed rows …" : error.message}</Styled>;
            }
            const look = {
                primaryKey: model.primaryKey,
                changedCount,
                width: size.columns,
                theme: app.theme.get(),
            };
            return <ScrollBox size={size} lines={formatChangedRows(value, look)} area={scroll} />;
        },
        takeInput: (event) => {
            if (event.kind === "key" && event.name === "v") {
                showInGrid();
                return true;
            }
            return scroll.takeInput(event);
        },
        onClose: () => {
            changed.cancel();
        },
    };
}
