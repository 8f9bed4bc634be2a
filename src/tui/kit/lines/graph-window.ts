import type { DrawnBox, GraphDrawing } from "../../../text/graph/draw-graph.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import type { Role, Theme } from "../theme.js";
import { fitStyled } from "../../terminal/styled-line.js";

/** The upper left corner of the visible part of a drawing, in cells. */
export interface GraphOffset {
    readonly top: number;
    readonly left: number;
}

export interface GraphWindow {
    readonly drawing: GraphDrawing;
    readonly offset: GraphOffset;
    /** Null when nothing is selected. */
    readonly selected: string | null;
    /** Colour and symbol of a node; the symbol is drawn in the first cell of its label. */
    readonly lookOf: (id: string) => readonly [role: Role, symbol: string];
    /** The edges that are marked, each from one node to another. */
    readonly marked: readonly (readonly [from: string, to: string])[];
}

/** The wished distance between the edge of the window and the selected box. */
const margin = { rows: 2, columns: 6 };

/** Moves the window over the drawing just far enough to show the box; a drawing that fits does not move. */
export function placeWindow(
    { width, height }: Pick<GraphDrawing, "width" | "height">,
    box: DrawnBox | null,
    before: GraphOffset | null,
    { columns, rows }: TerminalSize,
): GraphOffset {
    const place = (from: number, start: number, length: number, room: number, whole: number, space: number): number => {
        const least = start + length - room + space;
        const wished = before === null ? Math.round(start + length / 2 - room / 2) : from;
        const inView = Math.max(Math.min(wished, start - space), least);
        return Math.max(0, Math.min(inView, whole - room));
    };
    const { top = 0, left = 0, width: boxWidth = 0, height: boxHeight = 0 } = box ?? {};
    return {
        top: place(before?.top ?? 0, top, boxHeight, rows, height, margin.rows),
        left: place(before?.left ?? 0, left, boxWidth, columns, width, margin.columns),
    };
}

/** The visible part of a drawing: nodes in their colours, the selected node reversed, and marked edges. */
export function paintGraphWindow(
    window: GraphWindow,
    { columns, rows }: TerminalSize,
    theme: Theme,
): readonly string[] {
    const { drawing, offset, selected, lookOf, marked } = window;
    const { top, left } = offset;
    const texts = Array.from({ length: rows }, (_, row) => drawing.cells[top + row]?.slice(left, left + columns) ?? []);
    const roles = texts.map((cells): Role[] => cells.map(() => "dim"));
    /** Colours the cells from `from` to `to`, both included. */
    const colour = (row: number, from: number, to: number, role: Role): void => {
        const start = Math.max(0, from - left);
        roles[row - top]?.fill(role, start, Math.max(start, to - left + 1));
    };
    const put = (row: number, column: number, text: string): void => {
        const cells = texts[row - top];
        if (cells !== undefined && column >= left && column < left + cells.length) {
            cells[column - left] = text;
        }
    };
    for (const { row, column, toRow, toColumn } of marked.flatMap(([from, to]) => drawing.pathOf(from, to))) {
        for (let each = Math.min(row, toRow); each <= Math.max(row, toRow); each++) {
            colour(each, Math.min(column, toColumn), Math.max(column, toColumn), "accent");
        }
    }
    for (const [id, box] of drawing.boxes) {
        if (box.top + box.height <= top || box.top >= top + rows) {
            continue;
        }
        const row = box.top + (box.height - 1) / 2;
        const right = box.left + box.width - 1;
        const [role, symbol] = lookOf(id);
        put(row, box.left + 2, symbol);
        colour(row, box.left + 1, right - 1, role);
        if (id === selected) {
            put(row, box.left, theme.symbols.cursor);
            colour(row, box.left, right - 1, "selected");
        }
    }
    return texts.map((cells, row) => fitStyled(joinRuns(cells, roles[row] ?? [], theme), columns));
}

function joinRuns(cells: readonly string[], roles: readonly Role[], theme: Theme): string {
    let line = "";
    for (let from = 0; from < cells.length;) {
        let to = from + 1;
        while (to < cells.length && roles[to] === roles[from]) {
            to++;
        }
        // The visible right half of a cut wide glyph becomes a blank.
        const text = cells.slice(from, to).join("");
        line += theme.style(roles[from] ?? "plain", from === 0 && cells[0] === "" ? ` ${text}` : text);
        from = to;
    }
    return line;
}
