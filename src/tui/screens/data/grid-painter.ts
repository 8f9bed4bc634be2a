import type { BrowseRow } from "../../../browse/row-page.js";
import { isNumericType } from "../../../text/column-types.js";
import { isTemporalType } from "../../../text/column-kinds.js";
import type { Arrangement } from "./arrangement.js";
import type { Viewport } from "./grid.js";
import type { GridState } from "./grid-state.js";
import type { RowWindow } from "./row-window.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import type { Theme } from "../../kit/theme.js";
import { fitText } from "../../kit/lines/fit-text.js";
import {
    columnGap,
    frozenGap,
    markWidth,
    measureColumn,
    placeColumns,
    widestColumn,
    type ColumnPlaces,
    type PlacedColumn,
} from "./grid-columns.js";
import {
    formatCurrentRow,
    formatHead,
    formatRow,
    formatUnderHead,
    type RowLook,
    type ShownColumn,
} from "./grid-lines.js";
import { placeTop } from "./place-rows.js";

/** The state of a grid that has rows to show. */
export type ShownGrid = GridState & { readonly arrangement: Arrangement; readonly window: RowWindow };

export interface GridPicture {
    readonly lines: readonly string[];
    /** The number of lines above the first row. */
    readonly headHeight: number;
    /** The column at a cell of the lines; null when no column is shown. */
    readonly columnAt: (x: number) => number | null;
}

export interface GridPainterOptions {
    /** The small drawing under the name of a column, `width` cells wide; null for none. */
    readonly drawUnder: (name: string, width: number) => string | null;
    /** The text in place of rows that are not read yet. */
    readonly describeUnread: (side: "before" | "after") => string;
}

/** Paints the rows of one grid. It caches formatted rows, so that moving the cursor formats only the current row. */
export interface GridPainter {
    readonly paint: (
        state: ShownGrid,
        viewport: Viewport,
        size: TerminalSize,
        theme: Theme,
        options: GridPainterOptions,
    ) => GridPicture;
    /** The current width of a column. */
    readonly widthOf: (state: ShownGrid, name: string, theme: Theme) => number;
}

/** A text column is not narrowed below this width for a number. */
const leastText = 16;
/** How many rows around the cursor determine the widths. */
const measuredRows = 300;

export function makeGridPainter(): GridPainter {
    let widths = new Map<string, number>();
    let measuredFor: { readonly windowNumber: number; readonly rows: readonly BrowseRow[] } | null = null;
    let shown: {
        readonly names: readonly string[];
        readonly window: RowWindow;
        readonly columns: readonly ShownColumn[];
    } | null = null;
    let look: RowLook | null = null;
    let formatted = new WeakMap<BrowseRow, string>();

    function columnsOf({ arrangement, window }: ShownGrid): readonly ShownColumn[] {
        const names = arrangement.view.columns;
        if (shown?.names !== names || shown.window.columns !== window.columns) {
            const cells = new Map(window.columns.map((column, cell) => [column.name, cell]));
            const all = new Map(arrangement.view.relation.columns.map((column) => [column.name, column]));
            shown = {
                names,
                window,
                columns: names.flatMap((name) => {
                    const column = all.get(name);
                    return column === undefined ? [] : [{ column, cell: cells.get(name) ?? -1 }];
                }),
            };
        }
        return shown.columns;
    }

    /** Columns get wider when rows arrive that need it, and never narrower while a person scrolls. */
    function widthsOf(state: ShownGrid, theme: Theme): (index: number, widest?: number) => number {
        const { arrangement, window, windowNumber, row } = state;
        const columns = columnsOf(state);
        const isSameWindow = measuredFor?.windowNumber === windowNumber;
        const previous = isSameWindow ? widths : new Map<string, number>();
        if (!isSameWindow || measuredFor?.rows !== window.rows) {
            widths = new Map();
            measuredFor = { windowNumber, rows: window.rows };
        }
        const from = Math.max(0, row - window.start - measuredRows / 2);
        return (index, widest = widestColumn) => {
            const { column, cell } = columns[index] ?? {};
            if (column === undefined || cell === undefined) {
                return 0;
            }
            const chosen = arrangement.widths[column.name];
            if (chosen !== undefined) {
                return chosen;
            }
            const key = `${column.name} ${widest}`;
            const known = widths.get(key);
            if (known !== undefined) {
                return known;
            }
            const rows = cell < 0 ? [] : window.rows.slice(from, from + measuredRows);
            const width = Math.max(
                previous.get(key) ?? 0,
                measureColumn(column, cell, rows, fitText(column.name, 200).trimEnd().length + 2, theme, widest),
            );
            widths.set(key, width);
            return width;
        };
    }

    /** Columns that were limited to `widestColumn` share the width that the others leave. */
    function stretch(state: ShownGrid, size: TerminalSize, theme: Theme): (index: number) => number {
        const widthOf = widthsOf(state, theme);
        const columns = columnsOf(state);
        const count = columns.length;
        const gaps = markWidth + Math.max(0, count - 1) * columnGap + (frozenGap - columnGap);
        if (gaps + count * 4 > size.columns) {
            return widthOf;
        }
        const base = columns.map((_column, index) => widthOf(index));
        const spare = size.columns - gaps - base.reduce((sum, width) => sum + width, 0);
        const held = columns.filter(
            ({ column }, index) =>
                !isNumericType(column.typeId) &&
                base[index] === widestColumn &&
                state.arrangement.widths[column.name] === undefined,
        ).length;
        if (held === 0 || spare < held) {
            return widthOf;
        }
        const widest = widestColumn + Math.floor(spare / held);
        return (index) => (base[index] === widestColumn ? widthOf(index, widest) : widthOf(index));
    }

    /** Numbers cannot be shown cut: for a number column at the right edge, narrows the widest text column in view, but not too far. */
    function makeRoomForNumber(
        state: ShownGrid,
        { placed }: ColumnPlaces,
        widthOf: (index: number) => number,
    ): (index: number) => number {
        const columns = columnsOf(state);
        const last = placed.at(-1);
        const missing = last === undefined ? 0 : widthOf(last.index) - last.width;
        if (missing <= 0 || !isNumericType(columns[last?.index ?? 0]?.column.typeId ?? 0)) {
            return widthOf;
        }
        const texts = placed.filter(({ index }) => {
            const { name = "", typeId = 0 } = columns[index]?.column ?? {};
            return !isNumericType(typeId) && !isTemporalType(typeId) && state.arrangement.widths[name] === undefined;
        });
        const widest = texts.reduce<PlacedColumn | null>(
            (most, each) => (most === null || each.width > most.width ? each : most),
            null,
        );
        return widest === null || widest.width - missing < leastText
            ? widthOf
            : (index) => (index === widest.index ? widest.width - missing : widthOf(index));
    }

    function lookOf(state: ShownGrid, places: ColumnPlaces, width: number, theme: Theme): RowLook {
        const columns = columnsOf(state);
        const findText = state.findText === null ? null : state.findText.toLowerCase();
        const isSame =
            look?.columns === columns &&
            look.width === width &&
            look.theme === theme &&
            look.findText === findText &&
            isSamePlaces(look.places, places);
        if (look === null || !isSame) {
            look = { columns, places, width, theme, findText };
            formatted = new WeakMap();
        }
        return look;
    }

    function formatKnown(row: BrowseRow, current: RowLook): string {
        const known = formatted.get(row);
        if (known !== undefined) {
            return known;
        }
        const line = formatRow(row, current);
        formatted.set(row, line);
        return line;
    }

    return {
        widthOf: (state, name, theme) => {
            const index = columnsOf(state).findIndex(({ column }) => column.name === name);
            const placed = look?.places.placed.find((each) => each.index === index);
            return placed?.width ?? widthsOf(state, theme)(index);
        },
        paint: (state, viewport, size, theme, { drawUnder, describeUnread }) => {
            const { arrangement, window, row, column } = state;
            const widthOf = stretch(state, size, theme);
            const place = (widthIn: typeof widthOf): ColumnPlaces =>
                placeColumns({
                    count: columnsOf(state).length,
                    widthOf: widthIn,
                    frozen: arrangement.frozen,
                    left: viewport.left,
                    current: column,
                    width: size.columns,
                });
            const wished = place(widthOf);
            const narrowed = makeRoomForNumber(state, wished, widthOf);
            const places = narrowed === widthOf ? wished : place(narrowed);
            viewport.left = places.left;
            const current = lookOf(state, places, size.columns, theme);
            const head = [
                formatHead(current, arrangement.view.sorts, column),
                formatUnderHead(current, (index, width) => drawUnder(current.columns[index]?.column.name ?? "", width)),
            ];
            const height = Math.max(1, size.rows - head.length);
            const known = { ...window, count: window.rows.length };
            viewport.height = height;
            viewport.top = placeTop(known, row, viewport.top, height);
            const lines: string[] = [...head];
            for (let number = viewport.top; number < viewport.top + height; number++) {
                const shownRow = window.rows[number - window.start];
                if (shownRow !== undefined) {
                    lines.push(
                        number === row ? formatCurrentRow(shownRow, column, current) : formatKnown(shownRow, current),
                    );
                } else {
                    const isUnread = number < window.start ? window.hasBefore : window.hasAfter;
                    const isNext = number === window.start - 1 || number === window.start + window.rows.length;
                    const side = number < window.start ? "before" : "after";
                    const text = isUnread && isNext ? ` ${describeUnread(side)}` : "";
                    lines.push(theme.style("dim", fitText(text, size.columns)));
                }
            }
            return { lines, headHeight: head.length, columnAt: (x) => columnAt(places, x) };
        },
    };
}

function isSamePlaces(left: ColumnPlaces, right: ColumnPlaces): boolean {
    return (
        left.placed.length === right.placed.length &&
        left.left === right.left &&
        left.frozen === right.frozen &&
        left.placed.every((place, index) => {
            const other = right.placed[index];
            return place.index === other?.index && place.x === other.x && place.width === other.width;
        })
    );
}

function columnAt({ placed }: ColumnPlaces, x: number): number | null {
    return placed.findLast((place) => x >= place.x)?.index ?? placed[0]?.index ?? null;
}
