import { countRows } from "../../../browse/count-rows.js";
import type { CatalogueRelation } from "../../../sql/complete-sql.js";
import { nameRelation } from "../../../browse/relation.js";
import type { PagePosition } from "../../../browse/row-page.js";
import { describeOrder } from "../../../browse/describe-order.js";
import { buildViewSql } from "../../../browse/view-sql.js";
import { formatQuantity } from "../../../text/format-values.js";
import type { App } from "../../app/app.js";
import type { DataTarget, Handler, Handlers } from "../../kit/screen.js";
import { makeCellViewer } from "./cell-viewer.js";
import { makeMenu } from "../../kit/menu.js";
import { makeRowDetail } from "./row-detail.js";
import { makeTextViewer } from "../../kit/text-viewer.js";
import { makeValueFilter } from "./value-counts.js";
import type { ActionId } from "../../kit/keymap.js";
import { listMotionOrNull } from "../../kit/list-state.js";
import { nameChart } from "../../kit/lines/chart-pane.js";
import { wrapText } from "../../kit/lines/fit-text.js";
import { formatSqlLines } from "../../kit/lines/highlight-sql.js";
import { buildHandlers } from "../../app/builds/plan-build.js";
import { editHandler } from "../../app/editing/edit-model.js";
import type { Arrangement } from "./arrangement.js";
import { askWhere } from "./ask-where.js";
import { openCopyMenu } from "./copy-menu.js";
import { askForExport } from "./export-view.js";
import { currentColumn, currentRow } from "./grid-state.js";
import type { Grid } from "./grid.js";
import type { OpenGrid } from "./open-grids.js";
import { makeTracing } from "./trace-handlers.js";
import { applyFilter, makeViewHandlers } from "./view-handlers.js";

export interface DataHandlerOptions {
    readonly current: () => OpenGrid | null;
    readonly relations: () => readonly CatalogueRelation[];
    /** Null on the SQL screen, whose rows come from a statement. */
    readonly chooseRelation: (() => void) | null;
    /** Goes to the person's own statement. */
    readonly openSql: () => void;
    readonly back: Handler;
    /** Opens the first target above the open rows; the other targets can be shown in its place. */
    readonly drill: (targets: readonly DataTarget[]) => void;
    readonly turn: (by: 1 | -1) => void;
}

/** The actions on rows, for the Data and SQL screens. */
export function makeDataHandlers(app: App, options: DataHandlerOptions): Handlers {
    const { current, relations, chooseRelation, openSql, back } = options;
    const withGrid = (
        run: (open: OpenGrid, arrangement: Arrangement) => void,
        reason: (open: OpenGrid) => string | null = () => null,
    ): Handler => ({
        run: () => {
            const open = current();
            const arrangement = open?.grid.get().arrangement ?? null;
            if (open !== null && arrangement !== null) {
                run(open, arrangement);
            }
        },
        disabledReason: () => {
            const open = current();
            const state = open?.grid.get();
            const isOpen = state !== undefined && state.arrangement !== null;
            return open !== null && isOpen
                ? reason(open)
                : state?.work
                  ? "the rows are still being read"
                  : "no rows are open";
        },
    });
    const noRow = ({ grid }: OpenGrid): string | null =>
        currentRow(grid.get()) === null ? "there is no row here" : null;
    const moves = (id: ActionId): Handler =>
        withGrid(({ grid }) => {
            grid.moveRow(listMotionOrNull(id, grid.viewport.height) ?? 0);
        });
    const ofModel: Handlers = {
        ...buildHandlers(app, () => modelOf(app, current())),
        edit: editHandler(app, () => modelOf(app, current())),
    };
    // `f` filters here. The plan dialog can still switch to a full refresh.
    delete ofModel.fullRefresh;
    const tracing = makeTracing(app, {
        ...options,
        withOpen: withGrid,
        noRow,
        openRow: ({ grid }) => {
            openRow(app, grid);
        },
    });

    return {
        ...makeViewHandlers(app, current),
        ...(chooseRelation === null ? {} : { ...ofModel, "data.relation": { run: chooseRelation } }),
        ...tracing.handlers,
        back,
        "move.up": moves("move.up"),
        "move.down": moves("move.down"),
        "move.pageUp": moves("move.pageUp"),
        "move.pageDown": moves("move.pageDown"),
        "move.start": withGrid(({ grid }) => {
            goToEdge(grid, "start");
        }),
        "move.end": withGrid(({ grid }) => {
            goToEdge(grid, "end");
        }),
        "move.left": withGrid(({ grid }) => {
            grid.moveColumn(-1);
        }),
        "move.right": withGrid(({ grid }) => {
            grid.moveColumn(1);
        }),
        "data.cell": withGrid(({ grid }, { view }) => {
            const row = currentRow(grid.get());
            const column = currentColumn(grid.get());
            if (row !== null && column !== null) {
                app.openDialog(makeCellViewer(app, { view, key: row.key, column }));
            }
        }, noRow),
        find: withGrid(({ grid }) => {
            app.ask({
                label: "find",
                initial: grid.get().findText ?? "",
                onSubmit: (text) => {
                    if (text === "") {
                        grid.endFind();
                    } else {
                        grid.find(text, "next");
                    }
                },
            });
        }, noRow),
        "find.next": findAgain("next"),
        "find.previous": findAgain("previous"),
        "data.where": withGrid(({ grid }) => {
            askWhere(app, grid, relations());
        }),
        "data.goTo": withGrid(({ grid }) => {
            askRow(app, grid);
        }, noRow),
        "data.count": withGrid(({ grid }, { view }) => {
            void countExactly(app, grid, view);
        }),
        "data.chart": withGrid(({ chart }) => {
            chooseChart(app, chart);
        }),
        zoom: withGrid(({ chart }) => {
            chart.choose({ kind: chart.get().kind === "none" ? "auto" : "none" });
        }),
        copy: withGrid(({ grid }) => {
            openCopyMenu(app, grid);
        }),
        "data.export": withGrid((_open, { view }) => {
            askForExport(app, view);
        }),
        showSql: withGrid((_open, { view }) => {
            const sql = buildViewSql(view);
            const lines = (width: number): readonly string[] => [
                ...formatSqlLines(sql, width, app.theme.get()),
                "",
                ...wrapText(`The rows come ${describeOrder(view)}.`, width).map((line) =>
                    app.theme.get().style("dim", line),
                ),
            ];
            app.openDialog(makeTextViewer(app, { title: "SQL", lines, copyText: sql, copyName: "the SQL" }));
        }),
        showLineage: withGrid(
            ({ target, grid }) => {
                const column = currentColumn(grid.get());
                if (target.kind === "relation") {
                    app.go({ screen: "lineage", name: target.name, ...(column === null ? {} : { column }) });
                }
            },
            ({ target }) => (target.kind === "query" ? "a query is not in the lineage" : null),
        ),
        refresh: {
            run: () => {
                current()?.grid.refresh();
            },
            disabledReason: () =>
                current() === null
                    ? "no rows are open"
                    : app.connection.get().kind === "open"
                      ? null
                      : "the database is not open",
        },
        cancel: {
            run: () => {
                const isLooking = tracing.isLooking();
                tracing.cancel();
                if (current()?.grid.cancel() === true || isLooking) {
                    app.say("Cancelled.");
                }
            },
            disabledReason: () => (isWorking(current()) || tracing.isLooking() ? null : "nothing is running here"),
        },
        "data.query": { run: openSql },
    };

    function findAgain(direction: "next" | "previous"): Handler {
        return withGrid(
            ({ grid }) => {
                const { findText } = grid.get();
                if (findText !== null) {
                    grid.find(findText, direction);
                }
            },
            ({ grid }) => (grid.get().findText === null ? "nothing was searched yet: / searches" : null),
        );
    }
}

function isWorking(open: OpenGrid | null): boolean {
    return open !== null && (open.grid.get().work !== null || open.grid.get().fetching !== null);
}

/** The model whose rows are shown; null for other rows. */
export function modelOf(app: App, open: OpenGrid | null): string | null {
    const target = open?.target;
    if (target?.kind !== "relation") {
        return null;
    }
    const model = app.catalogue.get().value?.graph.models.get(target.name);
    return model?.schema === target.schema ? model.name : null;
}

/** Goes to the first or last row: at once if it has been read, else after reading that end. */
function goToEdge(grid: Grid, edge: "start" | "end"): void {
    const { window } = grid.get();
    const isHere = window !== null && !(edge === "start" ? window.hasBefore : window.hasAfter);
    if (isHere) {
        grid.moveRow(edge === "start" ? -Infinity : Infinity);
    } else {
        grid.jump(edge === "start" ? "going to the first row" : "going to the last row", { at: edge });
    }
}

/** Shows one row with all its columns; its keys show whole values, filter, and go to the next or previous row. */
function openRow(app: App, grid: Grid): void {
    const view = grid.get().arrangement?.view;
    if (view === undefined) {
        return;
    }
    app.openDialog(
        makeRowDetail(app, {
            grid,
            openCell: (key, column, goBack) => {
                app.openDialog(makeCellViewer(app, { view, key, column }, goBack));
            },
            filter: (column, value) => {
                applyFilter(grid, makeValueFilter(column.name, value, true));
            },
        }),
    );
}

function askRow(app: App, grid: Grid): void {
    app.ask({
        label: "row number, or share such as 50%",
        onSubmit: (text) => {
            const position = parsePositionOrNull(text);
            if (position !== null) {
                grid.jump(`going to row ${text.trim()}`, position);
            } else if (text.trim() !== "") {
                app.say("Give a row number from 1, or a share from 0% to 100%.", "warned");
            }
        },
    });
}

/** `1,234` or `50%` */
function parsePositionOrNull(text: string): PagePosition | null {
    const [, digits, percent] = /^([\d,_ ]*\d(?:\.\d+)?)\s*(%?)$/.exec(text.trim()) ?? [];
    const number = Number(digits?.replaceAll(/[,_ ]/g, ""));
    if (digits === undefined || !Number.isFinite(number)) {
        return null;
    }
    if (percent === "%") {
        return number > 100 ? null : { at: "fraction", fraction: number / 100 };
    }
    return Number.isSafeInteger(number) && number > 0 ? { at: "row", index: number - 1 } : null;
}

async function countExactly(app: App, grid: Grid, view: Arrangement["view"]): Promise<void> {
    app.say("Counting all rows: J shows it, x cancels.");
    const job = await app.jobs.start(`count ${nameRelation(view.relation)}`, async (_report, signal) => {
        const rows = await app.read((database, options) => countRows(database, view, options), signal);
        grid.setExactCount(view, rows);
        return formatQuantity(rows, "row");
    });
    if (job.status === "done") {
        app.say(`Exactly ${job.progress}.`, "ok");
    } else {
        app.say(job.status === "cancelled" ? "The count is cancelled." : job.progress, "warned");
    }
}

function chooseChart(app: App, chart: OpenGrid["chart"]): void {
    const charts = chart.list();
    const [first] = charts;
    if (first === undefined || first.kind === "none") {
        app.say(first?.reason ?? "The rows for a chart are being read: try again in a moment.", "warned");
        chart.choose({ kind: "chosen", name: "" });
        return;
    }
    const wish = chart.get();
    const selected = charts.findIndex((each) => wish.kind === "chosen" && nameChart(each) === wish.name);
    app.openDialog(
        makeMenu(app, {
            title: "Chart",
            columns: 76,
            isSearchable: charts.length > 10,
            selected: Math.max(0, selected),
            items: [
                ...charts.map((each) => ({
                    title: nameChart(each),
                    run: () => {
                        chart.choose({ kind: "chosen", name: nameChart(each) });
                    },
                })),
                {
                    title: "no chart",
                    run: () => {
                        chart.choose({ kind: "none" });
                    },
                },
            ],
        }),
    );
}
