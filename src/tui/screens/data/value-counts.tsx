import type { ColumnFilter, GridView } from "../../../browse/grid-view.js";
import { findColumn } from "../../../browse/grid-view.js";
import { loadValueCounts, type ValueCount, type ValueCounts } from "../../../browse/load-value-counts.js";
import { formatQuantity } from "../../../text/format-values.js";
import type { App } from "../../app/app.js";
import type { Dialog } from "../../kit/screen.js";
import { React } from "../../kit/ink.js";
import { makeListArea } from "../../kit/list-area.js";
import { ListBox } from "../../kit/ListBox.js";
import { formatErrorLines } from "../../kit/lines/error-lines.js";
import { Painted } from "../../kit/Painted.js";
import { Styled } from "../../kit/Styled.js";
import { formatValueCount } from "./value-count-lines.js";
import { makeLoad } from "../../kit/load.js";

/** The greatest number of listed values. */
const maxValues = 1000;

/** Lists how often each value of a column occurs in the view; Enter shows only its rows, `!` all others. */
export function makeValueCountsDialog(
    app: App,
    view: GridView,
    columnName: string,
    filter: (filter: ColumnFilter) => void,
): Dialog {
    const column = findColumn(view.relation, columnName);
    const area = makeListArea(() => read.get().value?.values.length ?? 0);
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
        changes: [area.place, read],
        hints: [
            ["↑↓", "choose"],
            ["⏎", "only this value"],
            ["!", "all but this value"],
            ["y", "copy"],
            ["esc", "close"],
        ],
        render: (size) => {
            const theme = app.theme.get();
            const { value, error, isLoading } = read.get();
            if (isLoading) {
                return <Styled>{read.describe("Counting the values")}</Styled>;
            }
            if (error !== null) {
                return <Painted lines={formatErrorLines(error, size.columns, theme)} />;
            }
            if (value === null || value.values.length === 0) {
                return <Styled>There are no rows, so there are no values.</Styled>;
            }
            const most = value.values[0]?.count ?? 1;
            return (
                <ListBox
                    size={size}
                    items={value.values}
                    area={area}
                    lineOf={(each, width, isSelected) =>
                        formatValueCount(each, column, { most, width, isSelected, theme })
                    }
                    head={describeCounts(value)}
                />
            );
        },
        takeInput: (event) => {
            const selected = read.get().value?.values[area.cursor()];
            switch (event.kind === "key" ? event.name : "") {
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
                default:
                    return area.takeInput(event);
            }
        },
        onClose: () => {
            read.cancel();
        },
    };
}

/** A filter for the rows with a value of a column, or for all others. */
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
