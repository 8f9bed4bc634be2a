import { findColumn } from "../../../browse/grid-view.js";
import type { BrowseColumn } from "../../../browse/relation.js";
import { isNumericType } from "../../../text/column-types.js";
import { isNeverBuilt } from "../../../runs/model-list.js";
import type { App } from "../../app/app.js";
import type { Screen } from "../../kit/screen.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { fitStyled } from "../../terminal/styled-line.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import { withView } from "./arrangement.js";
import { modelOf } from "./data-handlers.js";
import { findTrailOrNull } from "./find-trail.js";
import { formatGridNotice } from "./grid-notice.js";
import { formatGridTitle } from "./grid-title.js";
import type { OpenGrid, OpenGrids } from "./open-grids.js";
import { formatTraceLine } from "./trace-line.js";

/** From this width on the chart is beside the rows, else below them. */
export const besideColumns = 100;

/** How often the clock of a running read is painted. */
const tickMs = 300;

/** The part of a screen that shows the topmost open rows with their chart. */
export interface GridPane extends Pick<Screen, "paint"> {
    /** One line about the rows; null while nothing is open. */
    readonly titleOrNull: (width: number) => string | null;
    /** What Esc does to the rows on top: ends a search, then clears conditions; null when there is neither. */
    readonly stepBackOrNull: () => (() => void) | null;
    /** A click or the wheel, in cells of the painted lines. */
    readonly click: NonNullable<Screen["click"]>;
    /** Says whether the pane is in view. Out of view, its reads are cancelled. */
    readonly setVisible: (isVisible: boolean) => void;
}

export function makeGridPane(app: App, grids: OpenGrids): GridPane {
    let isVisible = false;
    let ticker: NodeJS.Timeout | undefined;

    /** Repaints the clock while a read is running. */
    function watchClock(): void {
        const state = grids.current()?.grid.get();
        const isBusy = isVisible && state !== undefined && (state.work !== null || state.fetching !== null);
        if (!isBusy) {
            clearInterval(ticker);
            ticker = undefined;
        } else {
            ticker ??= setInterval(grids.bump, tickMs);
        }
    }

    grids.changes.subscribe(watchClock);
    app.connection.subscribe(() => {
        if (app.connection.get().kind === "open") {
            for (const { grid } of grids.all()) {
                grid.retryLost();
            }
        }
    });
    app.builds.onEnd(() => {
        // Only the rows of a model are read again, and only while they are in view.
        const current = grids.current();
        if (isVisible && current?.grid.get().arrangement !== null && modelOf(app, current) !== null) {
            current?.grid.refresh();
        }
    });

    return {
        titleOrNull: (width) => {
            const current = grids.current();
            return current === null ? null : formatGridTitle(current.grid.get(), width, app.theme.get(), app.now());
        },
        paint: (size) => {
            const current = grids.current();
            if (current === null) {
                return [];
            }
            const trail = findTrailOrNull(grids.all());
            return trail === null
                ? paintOpen(app, current, size)
                : [
                      ` ${formatTraceLine(trail, size.columns - 1, app.theme.get())}`,
                      ...paintOpen(app, current, { ...size, rows: size.rows - 1 }),
                  ];
        },
        stepBackOrNull: () => {
            const current = grids.current();
            const { findText, arrangement } = current?.grid.get() ?? { findText: null, arrangement: null };
            if (current !== null && findText !== null) {
                return current.grid.endFind;
            }
            if (current === null || arrangement === null || !hasOwnConditions(current)) {
                return null;
            }
            return () => {
                const where = current.target.kind === "relation" ? (current.target.where ?? null) : null;
                current.grid.arrange("reading all rows", withView(arrangement, { filters: [], where }));
                app.say("Cleared the conditions; u brings them back.");
            };
        },
        click: ({ action, row, column }) => {
            const current = grids.current();
            const picture = current?.picture ?? null;
            if (current === null || picture === null) {
                return;
            }
            const { grid } = current;
            if (action === "wheel-up" || action === "wheel-down") {
                grid.moveRow(action === "wheel-up" ? -3 : 3);
            } else if (action === "press") {
                const clicked = picture.columnAt(column) ?? grid.get().column;
                const line = row - picture.headHeight - (findTrailOrNull(grids.all()) === null ? 0 : 1);
                grid.moveTo(line < 0 ? grid.get().row : grid.viewport.top + line, clicked);
            }
        },
        setVisible: (next) => {
            isVisible = next;
            if (!next) {
                // `r` reads it again.
                grids.current()?.grid.cancel();
            }
            watchClock();
        },
    };
}

/** Whether a person has added conditions to those that the view was opened with. */
function hasOwnConditions({ grid, target }: OpenGrid): boolean {
    const view = grid.get().arrangement?.view;
    const given = target.kind === "relation" ? (target.where ?? null) : null;
    return view !== undefined && (view.filters.length > 0 || view.where !== given);
}

function paintOpen(app: App, current: OpenGrid, size: TerminalSize): readonly string[] {
    const { grid, painter, chart, shapes } = current;
    const theme = app.theme.get();
    const state = grid.get();
    const { arrangement, window } = state;
    const notice = formatGridNotice(state, {
        width: size.columns,
        theme,
        nowMs: app.now(),
        isOpening: app.connection.get().kind === "opening",
        isBuilding: app.builds.isRunning(),
        isNeverBuilt: isModelNeverBuilt(app, current),
        canBuild: !app.isReadOnly,
        hasOthers: current.beside.length > 1,
    });
    if (arrangement === null || window === null) {
        current.picture = null;
        return notice;
    }
    const isBeside = size.columns >= besideColumns;
    const chartSize = isBeside
        ? { columns: Math.min(90, Math.floor(size.columns * 0.42)), rows: size.rows }
        : { columns: size.columns, rows: Math.max(8, Math.floor(size.rows * 0.5)) };
    const chartLines = notice.length > 0 ? null : chart.paint(chartSize, theme);
    const gridSize =
        chartLines === null
            ? size
            : isBeside
              ? { columns: size.columns - chartSize.columns - 3, rows: size.rows }
              : { columns: size.columns, rows: size.rows - chartSize.rows - 1 };
    const picture = painter.paint({ ...state, arrangement, window }, grid.viewport, gridSize, theme, {
        drawUnder: (name, width) =>
            shapes.draw(name, width, theme.isAscii) ?? formatType(findColumn(arrangement.view.relation, name), width),
        describeUnread: () => describeUnread(state, theme.symbols.ellipsis),
    });
    current.picture = picture;
    const lines = notice.length === 0 ? picture.lines : [...picture.lines.slice(0, picture.headHeight), ...notice];
    if (chartLines === null) {
        return lines;
    }
    const bar = theme.style("dim", theme.isAscii ? " | " : " │ ");
    return isBeside
        ? lines.map((line, index) => fitStyled(line, gridSize.columns) + bar + (chartLines[index] ?? ""))
        : [...lines, theme.style("dim", theme.symbols.rule.repeat(size.columns)), ...chartLines];
}

/** The type of a column, shown when there is no drawing of its values: `timestamptz`. */
function formatType({ typeName, typeId }: BrowseColumn, width: number): string {
    const short = typeName
        .replace(/^timestamp(\(\d\))? without time zone/, "timestamp")
        .replace(/^timestamp(\(\d\))? with time zone/, "timestamptz")
        .replace(/^character varying/, "varchar");
    return fitText(short, width, isNumericType(typeId) ? "right" : "left");
}

function describeUnread({ failure, fetching }: ReturnType<OpenGrid["grid"]["get"]>, ellipsis: string): string {
    if (failure !== null) {
        return `${failure.error.message} r reads again`;
    }
    return fetching === null ? ellipsis : `${ellipsis} reading more rows`;
}

function isModelNeverBuilt(app: App, open: OpenGrid): boolean {
    const name = modelOf(app, open);
    const model = name === null ? undefined : app.catalogue.get().value?.models.get(name);
    return model !== undefined && isNeverBuilt(model);
}
