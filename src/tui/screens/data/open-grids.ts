import { ConnectionError, StardeckError } from "../../../database/errors.js";
import type { Relation } from "../../../browse/relation.js";
import type { App } from "../../app/app.js";
import type { DataTarget } from "../../kit/screen.js";
import { makeTextViewer } from "../../kit/text-viewer.js";
import { formatErrorLines } from "../../kit/lines/error-lines.js";
import { makeGridPainter, type GridPainter, type GridPicture } from "./grid-painter.js";
import { makeStore, type Readable } from "../../terminal/store.js";
import type { Arrangement } from "./arrangement.js";
import { makeColumnShapes, type ColumnShapes } from "./column-shapes.js";
import { makeGridChart, type GridChart } from "./grid-chart.js";
import { makeGrid, type Grid } from "./grid.js";
import { beginView, presentedOf } from "./presented-view.js";
import { restoreArrangement, type SavedArrangement } from "./saved-data.js";

/** One open relation or query, with everything that draws it. */
export interface OpenGrid {
    readonly target: DataTarget;
    readonly grid: Grid;
    readonly painter: GridPainter;
    readonly chart: GridChart;
    readonly shapes: ColumnShapes;
    /** Whether another screen opened it; then Esc goes back there. */
    readonly isFromElsewhere: boolean;
    /** Whether it shows where a row of the grid below comes from. */
    readonly isStep: boolean;
    /** The targets that could be shown in its place, including its own; empty when there are no others. */
    readonly beside: readonly DataTarget[];
    /** The picture painted last, for clicks. */
    picture: GridPicture | null;
    readonly close: () => void;
}

export interface OpenOptions extends Partial<Pick<OpenGrid, "isFromElsewhere" | "isStep" | "beside">> {
    readonly arrangement?: SavedArrangement | null;
}

/** A stack of open grids: a step upstream is opened above the grid that it came from. */
export interface OpenGrids {
    /** Changes with everything that is visible of the grid on top. */
    readonly changes: Readable<number>;
    readonly current: () => OpenGrid | null;
    readonly depth: () => number;
    readonly open: (target: DataTarget, options?: OpenOptions) => OpenGrid;
    /** Shows the next or previous of the targets beside the grid on top. */
    readonly turn: (by: 1 | -1) => void;
    /** Closes the grid on top. */
    readonly close: () => void;
    readonly all: () => readonly OpenGrid[];
    /** Paints again because something else has changed. */
    readonly bump: () => void;
}

/** The greatest height of the stack; beyond it the lowest grid is closed. */
const mostOpen = 30;

export interface OpenGridsOptions {
    /** Asks again for a condition that could not be used. */
    readonly askAgain: (grid: Grid, tried: Arrangement) => void;
    /** Whether a chart is shown without being asked for. */
    readonly hasChartByItself: (target: DataTarget) => boolean;
}

export function makeOpenGrids(app: App, { askAgain, hasChartByItself }: OpenGridsOptions): OpenGrids {
    const changes = makeStore(0);
    let stack: readonly OpenGrid[] = [];
    const bump = (): void => {
        changes.update((count) => count + 1);
    };

    function sayFailure(grid: Grid, what: string, error: Error, tried: Arrangement | null): void {
        if (error instanceof StardeckError && error.code === "interrupted") {
            return;
        }
        if (error instanceof ConnectionError) {
            app.say(error.message, "failed");
            return;
        }
        const now = grid.get().arrangement?.view.where ?? null;
        const failed = tried !== null && tried.view.where !== null && tried.view.where !== now ? tried : null;
        const viewer = makeTextViewer(app, {
            title: `Not done: ${what}`,
            lines: (width) => [
                ...formatErrorLines(error, width, app.theme.get()),
                "",
                failed === null ? "The rows are as they were." : "Esc goes back to the condition.",
            ],
        });
        const onClose = (): void => {
            // The dialog is still open here: ask only once it is closed.
            queueMicrotask(() => {
                if (failed !== null) {
                    askAgain(grid, failed);
                }
            });
        };
        app.openDialog({ ...viewer, size: { columns: 76, rows: 12 }, onClose });
    }

    function open(target: DataTarget, options: OpenOptions = {}): OpenGrid {
        const { isFromElsewhere = false, isStep = false, beside = [] } = options;
        let saved = options.arrangement ?? null;
        const begin = (relation: Relation): Arrangement => {
            const first = saved;
            // Use the saved arrangement once only: if it fails, the next try begins without it.
            saved = null;
            if (first !== null) {
                return restoreArrangement(first, relation);
            }
            return beginView(app, target, relation);
        };
        const grid: Grid = makeGrid(app, target, {
            begin,
            firstColumn: target.trace?.column ?? (target.kind === "relation" ? (target.firstColumn ?? null) : null),
            onFailure: (what, error, tried) => {
                sayFailure(grid, what, error, tried);
            },
        });
        const chart = makeGridChart(
            app,
            grid,
            () => hasChartByItself(target),
            () => presentedOf(app, target)?.definition ?? null,
        );
        const shapes = makeColumnShapes(app, grid);
        const ends = [
            ...[grid, ...chart.changes, ...shapes.changes].map((readable) => readable.subscribe(bump)),
            grid.subscribe(() => {
                if (grid.get().work === null) {
                    chart.prepare();
                    shapes.prepare();
                }
            }),
        ];
        const opened: OpenGrid = {
            target,
            grid,
            painter: makeGridPainter(),
            chart,
            shapes,
            isFromElsewhere,
            isStep,
            beside,
            picture: null,
            close: () => {
                grid.cancel();
                for (const end of ends) {
                    end();
                }
            },
        };
        const dropped = stack.length >= mostOpen ? stack[0] : undefined;
        dropped?.close();
        stack = [...stack.slice(dropped === undefined ? 0 : 1), opened];
        bump();
        grid.open();
        return opened;
    }

    function close(): void {
        stack.at(-1)?.close();
        stack = stack.slice(0, -1);
        bump();
    }

    return {
        changes,
        bump,
        open,
        close,
        turn: (by) => {
            const top = stack.at(-1);
            const { beside = [] } = top ?? {};
            const next = top === undefined ? -1 : beside.indexOf(top.target) + by;
            const target = beside[(next + beside.length) % beside.length];
            if (top !== undefined && target !== undefined) {
                close();
                open(target, top);
            }
        },
        current: () => stack.at(-1) ?? null,
        depth: () => stack.length,
        all: () => stack,
    };
}
