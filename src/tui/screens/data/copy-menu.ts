import { loadCell, loadRow } from "../../../browse/load-row.js";
import { visibleColumns } from "../../../browse/grid-view.js";
import type { BrowseRow } from "../../../browse/row-page.js";
import { buildShowCommand } from "../../../browse/show-command.js";
import { buildViewSql } from "../../../browse/view-sql.js";
import { formatJsonRow } from "../../../text/format-json.js";
import { uniqueNames } from "../../../text/unique-names.js";
import { makeRowsText } from "../../../text/format-rows.js";
import { formatTable, type TableColumn, type TextRow } from "../../../text/format-table.js";
import { formatQuantity } from "../../../text/format-values.js";
import type { App } from "../../app/app.js";
import { longestCopy } from "./cell-viewer.js";
import { makeMenu } from "../../kit/menu.js";
import { currentCell, currentColumn, currentRow, type GridState } from "./grid-state.js";
import type { Grid } from "./grid.js";

/** The longest value in a copied row: long enough for nearly all, short enough for the clipboard. */
const clipCharacters = 100_000;
const patienceMs = 30_000;

/** Offers what can be copied from a view: the value, the row, the rows in view, the SQL, the command that shows it again. */
export function openCopyMenu(app: App, grid: Grid): void {
    const state = grid.get();
    const view = state.arrangement?.view;
    if (view === undefined) {
        return;
    }
    const row = currentRow(state);
    const column = currentColumn(state);
    const noRow = row === null ? "there is no row here" : null;
    const item = (hint: string, title: string, run: () => void, disabledReason: string | null = null) => ({
        hint,
        title,
        run,
        disabledReason,
    });
    const copyRow = (what: string, format: (columns: readonly TableColumn[], cells: TextRow) => string) => (): void => {
        if (row !== null) {
            void copyWholeRow(app, grid, row, what, format);
        }
    };
    const copyPage =
        (what: string, format: (columns: readonly TableColumn[], rows: readonly TextRow[]) => string) => () => {
            const rows = rowsInView(grid);
            copyText(app, format(visibleColumns(view), rows), `${formatQuantity(rows.length, "row")} as ${what}`);
        };
    app.openDialog(
        makeMenu(app, {
            title: "Copy",
            items: [
                item("y", "this value", () => void copyCell(app, grid), noRow),
                item(
                    "r",
                    "this row, separated by tabs",
                    copyRow("the row", (_columns, cells) => formatTsvRow(cells)),
                    noRow,
                ),
                item(
                    "o",
                    "this row as JSON",
                    copyRow("the row as JSON", (columns, cells) => formatJsonRow(columns, uniqueNames(columns), cells)),
                    noRow,
                ),
                item(
                    "p",
                    "the rows in view as text",
                    copyPage("text", (columns, rows) => formatTable(columns, rows).join("\n")),
                    noRow,
                ),
                item(
                    "m",
                    "the rows in view as Markdown",
                    copyPage("Markdown", (columns, rows) => makeRowsText("markdown", columns).page(rows)),
                    noRow,
                ),
                item(
                    "n",
                    "the name of this column",
                    () => {
                        copyText(app, column ?? "", "the name");
                    },
                    column === null ? "no column is shown" : null,
                ),
                item("s", "the SQL of this view", () => {
                    copyText(app, buildViewSql(view), "the SQL");
                }),
                item("c", "the command that shows these rows", () => {
                    const registry = app.catalogue.get().value?.registry ?? null;
                    copyText(app, buildShowCommand(view, registry), "the command");
                }),
            ],
        }),
    );
}

function copyText(app: App, text: string, what: string): void {
    if (text.length > longestCopy) {
        app.say("It is too long for the clipboard: e exports it.", "warned");
    } else {
        app.copy(text, what);
    }
}

async function copyCell(app: App, grid: Grid): Promise<void> {
    const state = grid.get();
    const cell = currentCell(state);
    const row = currentRow(state);
    const column = currentColumn(state);
    if (cell === null || row === null || column === null) {
        return;
    }
    if (!cell.isClipped) {
        copyText(app, cell.value ?? "", `the value of ${column}`);
        return;
    }
    await withMessage(app, async () => {
        const view = viewOf(state);
        const whole = await app.read(
            (database, options) => loadCell(database, view, row.key, column, options),
            undefined,
            patienceMs,
        );
        copyText(app, whole?.text ?? "", `the value of ${column}`);
    });
}

async function copyWholeRow(
    app: App,
    grid: Grid,
    row: BrowseRow,
    what: string,
    format: (columns: readonly TableColumn[], cells: TextRow) => string,
): Promise<void> {
    const view = viewOf(grid.get());
    await withMessage(app, async () => {
        const whole = await app.read(
            (database, options) => loadRow(database, view, row.key, { ...options, clipCharacters }),
            undefined,
            patienceMs,
        );
        const all = view.relation.columns;
        const columns = visibleColumns(view);
        const cells = columns.map((column) => whole?.cells[all.indexOf(column)] ?? null);
        if (whole === null) {
            app.say("The row is gone, or it has changed so that it is not found again.", "warned");
        } else {
            copyText(app, format(columns, cells), what);
        }
    });
}

async function withMessage(app: App, run: () => Promise<void>): Promise<void> {
    try {
        await run();
    } catch (error) {
        app.say(error instanceof Error ? error.message : String(error), "failed");
    }
}

function viewOf({ arrangement }: GridState): NonNullable<GridState["arrangement"]>["view"] {
    if (arrangement === null) {
        throw new Error("Nothing is open.");
    }
    return arrangement.view;
}

/** The rows in view, with the shown columns only. */
function rowsInView({ get, viewport }: Grid): readonly TextRow[] {
    const { window, arrangement } = get();
    if (window === null || arrangement === null) {
        return [];
    }
    const from = Math.max(0, viewport.top - window.start);
    const places = arrangement.view.columns.map((name) => window.columns.findIndex((column) => column.name === name));
    return window.rows
        .slice(from, from + viewport.height)
        .map(({ cells }) => places.map((place) => cells[place] ?? null));
}

/** Values separated by tabs, as spreadsheets read them: values with a tab, a quote or a line break are quoted. */
function formatTsvRow(cells: TextRow): string {
    return cells
        .map((value) =>
            value !== null && /[\t\r\n"]/.test(value) ? `"${value.replaceAll('"', '""')}"` : (value ?? ""),
        )
        .join("\t");
}
