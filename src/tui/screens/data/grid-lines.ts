import type { Sort } from "../../../browse/grid-view.js";
import type { BrowseColumn } from "../../../browse/relation.js";
import type { BrowseRow } from "../../../browse/row-page.js";
import { isNumericType } from "../../../text/column-types.js";
import type { Role, Theme } from "../../kit/theme.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { fitCell, formatGridCell } from "./grid-cells.js";
import { columnGap, frozenGap, markWidth, type ColumnPlaces } from "./grid-columns.js";

/** A shown column, and the index of its values. */
export interface ShownColumn {
    readonly column: BrowseColumn;
    /** Its index in `cells` of a row; -1 while it is not loaded. */
    readonly cell: number;
}

/** Everything that the look of a row depends on besides the row itself. */
export interface RowLook {
    readonly columns: readonly ShownColumn[];
    readonly places: ColumnPlaces;
    readonly width: number;
    readonly theme: Theme;
    /** The text that is searched for and marked, in lower case. */
    readonly findText: string | null;
}

/** One part of a line: a cell, or the gap between two. */
interface Piece {
    readonly text: string;
    readonly role: Role | null;
    /** The column of a cell; -1 for a gap. */
    readonly index: number;
}

/** A row, exactly as wide as the grid. */
export function formatRow(row: BrowseRow, look: RowLook): string {
    let line = " ".repeat(markWidth);
    for (const { text, role } of joinCells(look, formatCellOf(row, look))) {
        line += role === null ? markFound(text, look) : look.theme.style(role, text);
    }
    return line;
}

/** The cursor's row: reversed, with its mark in front; the current cell is not reversed. */
export function formatCurrentRow(row: BrowseRow, current: number, look: RowLook): string {
    const { theme } = look;
    const pieces = joinCells(look, formatCellOf(row, look));
    const at = pieces.findIndex(({ index }) => index === current);
    const textOf = (from: number, to?: number): string =>
        pieces
            .slice(from, to)
            .map(({ text }) => text)
            .join("");
    if (at < 0) {
        return theme.style("selected", theme.symbols.cursor + textOf(0));
    }
    const before = theme.style("selected", theme.symbols.cursor + textOf(0, at));
    return before + theme.style("strong", textOf(at, at + 1)) + theme.style("selected", textOf(at + 1));
}

/** The names of the columns, with the sorts; the current one stands out. */
export function formatHead(look: RowLook, sorts: readonly Sort[], current: number): string {
    const { columns, places, theme } = look;
    const pieces = joinCells(look, (index, width) => {
        const column = columns[index]?.column;
        const mark = formatSortMark(sorts, column?.name ?? "", theme);
        const name = fitText(column?.name ?? "", width - mark.length).trimEnd();
        return {
            text: fitText(name + mark, width, isNumericType(column?.typeId ?? 0) ? "right" : "left"),
            role: index === current ? "accent" : "strong",
            index,
        };
    });
    const isScrolled = places.left > places.frozen;
    const start = isScrolled && places.frozen === 0 ? theme.style("accent", theme.isAscii ? "<" : "‹") : " ";
    return start + pieces.map(({ text, role }) => (role === null ? text : theme.style(role, text))).join("");
}

/** The line of small drawings under the column names. */
export function formatUnderHead(look: RowLook, drawColumn: (index: number, width: number) => string | null): string {
    const pieces = joinCells(look, (index, width) => ({
        text: drawColumn(index, width) ?? " ".repeat(width),
        role: "dim",
        index,
    }));
    return " " + pieces.map(({ text, role }) => (role === null ? text : look.theme.style(role, text))).join("");
}

/** ` ↓` for the only sort, `↓2` for the second of several. */
export function formatSortMark(sorts: readonly Sort[], name: string, theme: Theme): string {
    const place = sorts.findIndex(({ column }) => column === name);
    const sort = sorts[place];
    if (sort === undefined) {
        return "";
    }
    const arrow = theme.isAscii ? (sort.descending ? "v" : "^") : sort.descending ? "↓" : "↑";
    return sorts.length === 1 ? ` ${arrow}` : `${arrow}${place + 1}`;
}

function formatCellOf({ cells, clippedBytes }: BrowseRow, look: RowLook): (index: number, width: number) => Piece {
    const { columns, theme } = look;
    return (index, width) => {
        const shown = columns[index];
        if (shown === undefined || shown.cell < 0) {
            return { text: theme.symbols.ellipsis.padEnd(width), role: "dim", index };
        }
        const { column, cell } = shown;
        const value = cells[cell] ?? null;
        const text = fitCell(formatGridCell(value, column, cell in clippedBytes, theme), width, column, theme);
        return { text, role: value === null ? "null" : null, index };
    };
}

/** The cells at their places, with the gaps between them and the space after them. */
function joinCells(
    { places, width, theme }: RowLook,
    formatPlaced: (index: number, width: number) => Piece,
): readonly Piece[] {
    const between = " ".repeat(columnGap);
    const pieces: Piece[] = [];
    let end = markWidth;
    for (const { index, x, width: cellWidth } of places.placed) {
        if (x - end === frozenGap) {
            pieces.push({ text: theme.isAscii ? " | " : " │ ", role: null, index: -1 });
        } else if (x > end) {
            pieces.push({ text: between, role: null, index: -1 });
        }
        pieces.push(formatPlaced(index, cellWidth));
        end = x + cellWidth;
    }
    if (width > end) {
        pieces.push({ text: " ".repeat(width - end), role: null, index: -1 });
    }
    return pieces;
}

function markFound(text: string, { findText, theme }: RowLook): string {
    if (findText === null || findText === "") {
        return text;
    }
    const at = text.toLowerCase().indexOf(findText);
    return at < 0
        ? text
        : text.slice(0, at) +
              theme.style("match", text.slice(at, at + findText.length)) +
              text.slice(at + findText.length);
}
