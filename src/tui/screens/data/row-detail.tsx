import { isNumericType } from "../../../text/column-types.js";
import { loadRow } from "../../../browse/load-row.js";
import type { BrowseColumn } from "../../../browse/relation.js";
import type { RowKey } from "../../../browse/row-page.js";
import type { App } from "../../app/app.js";
import type { Dialog } from "../../kit/screen.js";
import { Lines } from "../../kit/DialogBox.js";
import { React } from "../../kit/ink.js";
import { listMotionOfKeyOrNull } from "../../kit/list-keys.js";
import { moveList, placeList, type ListState } from "../../kit/list-state.js";
import { formatErrorLines } from "../../kit/lines/error-lines.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { formatGridCell } from "./grid-cells.js";
import { markSelected } from "../../kit/lines/table-lines.js";
import { currentColumn, currentRow } from "./grid-state.js";
import type { Grid } from "./grid.js";
import { indexOfRow } from "./row-window.js";
import { makeStore } from "../../terminal/store.js";
import { formatCount } from "../../../text/format-values.js";
import { makeLoad } from "../../kit/load.js";

export interface RowDetailOptions {
    readonly grid: Grid;
    /** Shows a whole value; `back` returns to the row. */
    readonly openCell: (key: RowKey, column: string, back: () => void) => void;
    /** Only rows with this value. */
    readonly filter: (column: BrowseColumn, value: string | null) => void;
}

interface Field {
    readonly column: BrowseColumn;
    readonly value: string | null;
    readonly isClipped: boolean;
}

/** Long enough to be read here, short enough for 1,600 columns. */
const clipCharacters = 1000;

/** One row, a line for each column, hidden ones too; `n` and `p` go from row to row. */
export function makeRowDetail(app: App, { grid, openCell, filter }: RowDetailOptions): Dialog {
    const names = grid.get().arrangement?.view.relation.columns.map(({ name }) => name) ?? [];
    const cursor = Math.max(0, names.indexOf(currentColumn(grid.get()) ?? ""));
    const list = makeStore<ListState>({ cursor, offset: 0 });
    let height = 10;
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

    /** The whole row when it has been read; until then what the grid knows of it. */
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
        changes: [list, grid, read],
        hints: "↑↓ column  n p next, previous row  ⏎ whole value  y copy  f filter  esc close",
        render: ({ columns, rows }) => {
            const theme = app.theme.get();
            const { error } = read.get();
            if (error !== null) {
                return <Lines lines={formatErrorLines(error, columns, theme)} />;
            }
            const all = fields();
            height = Math.max(1, rows - 2);
            const { cursor: at, offset } = placeList(list.get(), list.get().cursor, all.length, height);
            const nameWidth = Math.min(
                30,
                Math.floor(columns / 3),
                Math.max(...all.map(({ column }) => column.name.length)),
            );
            const lines = all.slice(offset, offset + height).map(({ column, value, isClipped }, index) => {
                const text = formatGridCell(value, column, isClipped, theme);
                const isNumber = isNumericType(column.typeId);
                const shown = fitText(text, Math.max(1, columns - nameWidth - 3)).trimEnd();
                const name = fitText(column.name, nameWidth);
                const line =
                    index + offset === at
                        ? `${name}  ${shown}`
                        : `${theme.style("dim", name)}  ${value === null ? theme.style("null", shown) : isNumber ? theme.style("number", shown) : shown}`;
                return markSelected(line, index + offset === at, columns, theme);
            });
            const { window, row } = grid.get();
            const place = window === null ? null : indexOfRow(window, row);
            const head = place === null ? "" : `row ${formatCount(place + 1)}   `;
            const filler = Array.from({ length: Math.max(0, height - lines.length) }, () => "");
            return (
                <Lines lines={[...lines, ...filler, "", theme.style("dim", fitText(head + about(all[at]), columns))]} />
            );
        },
        takeInput: (event) => {
            if (event.kind === "mouse") {
                const by = event.action === "wheel-up" ? -3 : event.action === "wheel-down" ? 3 : 0;
                list.update((state) => moveList(state, by, fields().length, height));
                return true;
            }
            if (event.kind !== "key") {
                return false;
            }
            const all = fields();
            const field = all[Math.min(list.get().cursor, all.length - 1)];
            const row = currentRow(grid.get());
            switch (event.name) {
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
                default: {
                    const by = listMotionOfKeyOrNull(event.name, height);
                    if (by !== null) {
                        list.update((state) => moveList(state, by, all.length, height));
                    }
                    return by !== null;
                }
            }
        },
        onClose: () => {
            read.cancel();
        },
    };
    return dialog;
}
