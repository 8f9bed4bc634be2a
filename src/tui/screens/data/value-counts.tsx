import type { ColumnFilter, GridView } from "../../../browse/grid-view.js";
import { findColumn } from "../../../browse/grid-view.js";
import { loadValueCounts, type ValueCount, type ValueCounts } from "../../../browse/load-value-counts.js";
import { formatQuantity } from "../../../text/format-values.js";
import type { App } from "../../app/app.js";
import type { Dialog } from "../../kit/screen.js";
import { Lines } from "../../kit/DialogBox.js";
import { React } from "../../kit/ink.js";
import { listMotionOfKeyOrNull } from "../../kit/list-keys.js";
import { listStart, moveList, placeList, type ListState } from "../../kit/list-state.js";
import { formatErrorLines } from "../../kit/lines/error-lines.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { markSelected } from "../../kit/lines/table-lines.js";
import { formatValueCount } from "./value-count-lines.js";
import { makeStore } from "../../terminal/store.js";
import { makeLoad } from "../../kit/load.js";

/** The most values that are listed. */
const maxValues = 1000;

/** How often each value of a column occurs in the view; Enter shows only its rows, `!` all others. */
export function makeValueCountsDialog(
    app: App,
    view: GridView,
    columnName: string,
    filter: (filter: ColumnFilter) => void,
): Dialog {
    const column = findColumn(view.relation, columnName);
    const list = makeStore<ListState>(listStart);
    let height = 10;
    const read = makeLoad(app, (database, options) =>
        loadValueCounts(database, view, columnName, { ...options, maxValues }),
    );
    void read.load();

    function choose(value: ValueCount | undefined, isWanted: boolean): void {
        if (value === undefined) {
            return;
        }
        if (value.isClipped) {
            app.say("The value is too long for a filter.", "warned");
            return;
        }
        app.closeDialog();
        filter(makeValueFilter(columnName, value.value, isWanted));
    }

    return {
        title: `Values of ${columnName}`,
        size: { columns: 76, rows: 24 },
        changes: [list, read],
        hints: "↑↓ choose  ⏎ only this value  ! all but this value  y copy  esc close",
        render: ({ columns, rows }) => {
            const theme = app.theme.get();
            const { value, error, isLoading } = read.get();
            if (isLoading) {
                return <Lines lines={[fitText(read.describe("Counting the values"), columns)]} />;
            }
            if (error !== null) {
                return <Lines lines={formatErrorLines(error, columns, theme)} />;
            }
            if (value === null || value.values.length === 0) {
                return <Lines lines={["There are no rows, so there are no values."]} />;
            }
            height = Math.max(1, rows - 2);
            const { cursor, offset } = placeList(list.get(), list.get().cursor, value.values.length, height);
            const most = value.values[0]?.count ?? 1;
            const lines = value.values.slice(offset, offset + height).map((each, index) => {
                const isSelected = index + offset === cursor;
                const line = formatValueCount(each, column, { most, width: columns - 1, isSelected, theme });
                return markSelected(line, isSelected, columns, theme);
            });
            return <Lines lines={[theme.style("dim", fitText(describeCounts(value), columns)), "", ...lines]} />;
        },
        takeInput: (event) => {
            const values = read.get().value?.values ?? [];
            const move = (by: number): void => {
                list.update((state) => moveList(state, by, values.length, height));
            };
            if (event.kind === "mouse") {
                move(event.action === "wheel-up" ? -3 : event.action === "wheel-down" ? 3 : 0);
                return true;
            }
            if (event.kind !== "key") {
                return false;
            }
            const selected = values[list.get().cursor];
            switch (event.name) {
                case "enter":
                    choose(selected, true);
                    return true;
                case "!":
                    choose(selected, false);
                    return true;
                case "y":
                    if (selected !== undefined) {
                        app.copy(selected.value ?? "", "the value");
                    }
                    return true;
                case "x":
                    if (read.cancel()) {
                        app.closeDialog();
                    }
                    return true;
                case "q":
                    app.closeDialog();
                    return true;
                default: {
                    const by = listMotionOfKeyOrNull(event.name, height);
                    if (by !== null) {
                        move(by);
                    }
                    return by !== null;
                }
            }
        },
        onClose: () => {
            read.cancel();
        },
    };
}

/** The rows with a value of a column, or all others. */
export function makeValueFilter(column: string, value: string | null, isWanted: boolean): ColumnFilter {
    if (value === null) {
        return { column, operator: isWanted ? "is null" : "is not null" };
    }
    return { column, operator: isWanted ? "=" : "<>", value };
}

function describeCounts({ values, distinctCount, rowCount }: ValueCounts): string {
    const shown = distinctCount > values.length ? `, the ${values.length} most frequent` : "";
    return `${formatQuantity(distinctCount, "different value")}${shown}, ${formatQuantity(rowCount, "row")}`;
}
