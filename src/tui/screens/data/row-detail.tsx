import { isNumericType } from "../../../text/column-types.js";
import { loadRow } from "../../../browse/load-row.js";
import type { BrowseColumn } from "../../../browse/relation.js";
import type { RowKey } from "../../../browse/row-page.js";
import type { App } from "../../app/app.js";
import type { Dialog } from "../../kit/screen.js";
import { React } from "../../kit/ink.js";
import { makeListArea } from "../../kit/list-area.js";
import { ListBox } from "../../kit/ListBox.js";
import { formatErrorLines } from "../../kit/lines/error-lines.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { formatGridCell } from "./grid-cells.js";
import { Painted } from "../../kit/Painted.js";
import { currentColumn, currentRow } from "./grid-state.js";
import type { Grid } from "./grid.js";
import { indexOfRow } from "./row-window.js";
import { formatCount } from "../../../text/format-values.js";
import type { Theme } from "../../kit/theme.js";
import { makeLoad } from "../../kit/load.js";

export interface RowDetailOptions {
    readonly grid: Grid;
    /** Shows a whole value; `back` returns to the row. */
    readonly openCell: (key: RowKey, column: string, back: () => void) => void;
    /** Shows only rows with this value. */
    readonly filter: (column: BrowseColumn, value: string | null) => void;
}

interface Field {
    readonly column: BrowseColumn;
    readonly value: string | null;
    readonly isClipped: boolean;
}

/** The longest value shown: enough to read, and little enough for 1,600 columns. */
const clipCharacters = 1000;

/** One row, with a line for each column, hidden ones too; `n` and `p` go from row to row. */
export function makeRowDetail(app: App, { grid, openCell, filter }: RowDetailOptions): Dialog {
    const names = grid.get().arrangement?.view.relation.columns.map(({ name }) => name) ?? [];
    const first = Math.max(0, names.indexOf(currentColumn(grid.get()) ?? ""));
    const area = makeListArea(() => fields().length, { first });
    const read = makeLoad(app, async (database, readOptions) => {
        const { arrangement } = grid.get();
        const row = currentRow(grid.get());
        return arrangement === null || row === null
            ? null
            : {
                  key: row.key,
                  row: await loadRow(database, arrangement.view, row.key, { ...readOptions, clipCharacters }),
              };
    });
    void read.load();

    /** The whole row once it has been read; until then the columns that the grid has. */
    function fields(): readonly Field[] {
        const { arrangement, window } = grid.get();
        const row = currentRow(grid.get());
        if (arrangement === null || window === null || row === null) {
            return [];
        }
        const whole = read.get().value;
        if (whole?.row && whole.key === row.key) {
            const { cells, clippedBytes } = whole.row;
            return arrangement.view.relation.columns.map((column, index) => ({
                column,
                value: cells[index] ?? null,
                isClipped: index in clippedBytes,
            }));
        }
        return window.columns.map((column, index) => ({
            column,
            value: row.cells[index] ?? null,
            isClipped: index in row.clippedBytes,
        }));
    }

    function step(by: number): void {
        const before = currentRow(grid.get());
        grid.moveRow(by);
        if (currentRow(grid.get()) === before) {
            app.say(by > 0 ? "This is the last row." : "This is the first row.");
        } else {
            void read.load();
        }
    }

    function about(field: Field | undefined): string {
        const { isLoading, value } = read.get();
        const running = read.describe("Reading the whole row");
        if (isLoading && running.includes("running")) {
            return running;
        }
        if (value !== null && value.row === null) {
            return "The row is gone, or it has changed so that it is not found again.";
        }
        return field === undefined
            ? ""
            : [field.column.typeName, field.column.comment].filter((text) => text !== null).join(": ");
    }

    const dialog: Dialog = {
        title: "Row",
        size: { columns: 100, rows: Math.max(8, names.length + 2) },
        changes: [area.place, grid, read],
        hints: [
            ["↑↓", "column"],
            ["n p", "next, previous row"],
            ["⏎", "whole value"],
            ["y", "copy"],
            ["f", "filter"],
            ["esc", "close"],
        ],
        render: (size) => {
            const theme = app.theme.get();
            const { error } = read.get();
            if (error !== null) {
                return <Painted lines={formatErrorLines(error, size.columns, theme)} />;
            }
            const all = fields();
            const nameWidth = Math.min(
                30,
                Math.floor(size.columns / 3),
                Math.max(...all.map(({ column }) => column.name.length)),
            );
            const { window, row } = grid.get();
            const place = window === null ? null : indexOfRow(window, row);
            const head = place === null ? "" : `row ${formatCount(place + 1)}   `;
            return (
                <ListBox
                    size={size}
                    items={all}
                    area={area}
                    lineOf={(field, width, isSelected) => formatField(field, nameWidth, width, isSelected, theme)}
                    note={head + about(all[area.cursor()])}
                />
            );
        },
        takeInput: (event) => {
            const all = fields();
            const field = all[Math.min(area.cursor(), all.length - 1)];
            const row = currentRow(grid.get());
            switch (event.kind === "key" ? event.name : "") {
                case "n":
                case "right":
                    step(1);
                    return true;
                case "p":
                case "left":
                    step(-1);
                    return true;
                case "x":
                    read.cancel();
                    return true;
                case "q":
                    app.closeDialog();
                    return true;
                case "enter":
                case "space":
                    if (field !== undefined && row !== null) {
                        openCell(row.key, field.column.name, () => {
                            app.openDialog(dialog);
                        });
                    }
                    return true;
                case "y":
                    if (field?.isClipped === true) {
                        app.say("The value is longer than what is shown: Enter, then y copies all of it.", "warned");
                    } else if (field !== undefined) {
                        app.copy(field.value ?? "", `the value of ${field.column.name}`);
                    }
                    return true;
                case "f":
                    if (field?.isClipped === true) {
                        app.say("The value is too long for a filter.", "warned");
                    } else if (field !== undefined) {
                        app.closeDialog();
                        filter(field.column, field.value);
                    }
                    return true;
                default:
                    return area.takeInput(event);
            }
        },
        onClose: () => {
            read.cancel();
        },
    };
    return dialog;
}

function formatField(
    { column, value, isClipped }: Field,
    nameWidth: number,
    width: number,
    isSelected: boolean,
    theme: Theme,
): string {
    const text = formatGridCell(value, column, isClipped, theme);
    const shown = fitText(text, Math.max(1, width - nameWidth - 2)).trimEnd();
    const name = fitText(column.name, nameWidth);
    if (isSelected) {
        return `${name}  ${shown}`;
    }
    const role = value === null ? "null" : isNumericType(column.typeId) ? "number" : "plain";
    return `${theme.style("dim", name)}  ${theme.style(role, shown)}`;
}
