import { findColumn, type ColumnFilter } from "../../../browse/grid-view.js";
import type { App } from "../../app/app.js";
import type { Handler, Handlers } from "../../kit/screen.js";
import { makeColumnsDialog } from "./columns.js";
import { makeStatisticsDialog } from "./statistics.js";
import { makeValueCountsDialog, makeValueFilter } from "./value-counts.js";
import { formatFilter } from "./grid-title.js";
import {
    addFilter,
    chooseColumns,
    cycleAddedSort,
    cycleSort,
    hideColumn,
    setWidth,
    toggleFrozen,
    type Arrangement,
} from "./arrangement.js";
import { countOf, currentCell, currentColumn } from "./grid-state.js";
import type { Grid } from "./grid.js";
import type { OpenGrid } from "./open-grids.js";

/** By how many cells a key widens or narrows a column. */
const widthStep = 4;

/** The column under the cursor, for an action on it. */
interface OnColumn {
    readonly open: OpenGrid;
    readonly grid: Grid;
    readonly latest: Arrangement;
    readonly name: string;
    readonly index: number;
}

/** Adds a filter to the view. */
export function applyFilter(grid: Grid, filter: ColumnFilter): void {
    const latest = grid.latest();
    if (latest !== null) {
        grid.arrange(`filtering ${formatFilter(filter)}`, addFilter(latest, filter));
    }
}

/** The actions that change which rows and columns are shown, and how. */
export function makeViewHandlers(app: App, current: () => OpenGrid | null): Handlers {
    const onColumn = (run: (on: OnColumn) => void, reason: (on: OnColumn) => string | null = () => null): Handler => {
        const find = (): OnColumn | null => {
            const open = current();
            const latest = open?.grid.latest() ?? null;
            const name = open === null ? null : currentColumn(open.grid.get());
            return open === null || latest === null || name === null
                ? null
                : { open, grid: open.grid, latest, name, index: latest.view.columns.indexOf(name) };
        };
        return {
            run: () => {
                const on = find();
                if (on !== null) {
                    run(on);
                }
            },
            disabledReason: () => {
                const on = find();
                return on === null ? "no rows are open" : reason(on);
            },
        };
    };
    const unsortable = ({ latest, name }: OnColumn): string | null =>
        findColumn(latest.view.relation, name).unsortableReason?.replace(/\.$/, "") ?? null;
    const widen = (by: number): Handler =>
        onColumn(({ open, grid, latest, name }) => {
            const { arrangement, window } = grid.get();
            if (arrangement !== null && window !== null) {
                const width = open.painter.widthOf({ ...grid.get(), arrangement, window }, name, app.theme.get());
                grid.arrange("", setWidth(latest, name, width + by));
            }
        });
    return {
        "data.sort": onColumn(({ grid, latest, name }) => {
            grid.arrange(`sorting by ${name}`, cycleSort(latest, name));
        }, unsortable),
        "data.addSort": onColumn(({ grid, latest, name }) => {
            grid.arrange(`sorting by ${name}`, cycleAddedSort(latest, name));
        }, unsortable),
        "data.filterCell": onColumn(
            ({ grid, name }) => {
                const cell = currentCell(grid.get());
                if (cell !== null) {
                    applyFilter(grid, makeValueFilter(name, cell.value, true));
                }
            },
            ({ grid }) => {
                const cell = currentCell(grid.get());
                return cell === null ? "there is no row here" : cell.isClipped ? "the value is too long for it" : null;
            },
        ),
        "data.valueCounts": onColumn(({ grid, latest, name }) => {
            const filter = (wanted: ColumnFilter): void => {
                applyFilter(grid, wanted);
            };
            app.openDialog(makeValueCountsDialog(app, latest.view, name, filter));
        }),
        "data.statistics": onColumn(({ grid, latest, name }) => {
            app.openDialog(makeStatisticsDialog(app, latest.view, name, countOf(grid.get())));
        }),
        "data.freeze": onColumn(({ grid, latest, index }) => {
            grid.arrange("", toggleFrozen(latest, index));
        }),
        "data.widen": widen(widthStep),
        "data.narrow": widen(-widthStep),
        "data.hide": onColumn(
            ({ grid, latest, index }) => {
                grid.arrange("", hideColumn(latest, index));
            },
            ({ latest }) => (latest.view.columns.length < 2 ? "it is the only one" : null),
        ),
        "data.columns": {
            run: () => {
                const grid = current()?.grid;
                const latest = grid?.latest() ?? null;
                if (grid === undefined || latest === null) {
                    return;
                }
                const { columns } = latest.view.relation;
                const choose = (names: ReadonlySet<string>, goTo: string | null): void => {
                    const next = chooseColumns(grid.latest() ?? latest, names);
                    grid.arrange("", next);
                    const place = goTo === null ? -1 : next.view.columns.indexOf(goTo);
                    if (place >= 0) {
                        grid.moveTo(grid.get().row, place);
                    }
                };
                const shown = latest.view.columns;
                app.openDialog(makeColumnsDialog(app, { columns, shown, current: currentColumn(grid.get()), choose }));
            },
            disabledReason: () => ((current()?.grid.latest() ?? null) === null ? "no rows are open" : null),
        },
        undo: {
            run: () => {
                current()?.grid.undo();
            },
            disabledReason: () => (hasStep(current(), "past") ? null : "nothing in this view has been changed"),
        },
        redo: {
            run: () => {
                current()?.grid.redo();
            },
            disabledReason: () => (hasStep(current(), "future") ? null : "nothing was taken back"),
        },
    };
}

function hasStep(open: OpenGrid | null, side: "past" | "future"): boolean {
    return open !== null && open.grid.get()[side].length > 0;
}
