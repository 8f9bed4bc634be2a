import { styledWidth, fitStyled } from "../../terminal/styled-line.js";
import type { Role, Theme } from "../theme.js";
import { plainText } from "./detail-lines.js";
import { fitText } from "./fit-text.js";

/** A cell of a list: any text, and its role. */
export interface ListCell {
    readonly text: string;
    readonly role?: Role;
}

export interface ListColumn {
    readonly title: string;
    /** In cells; `fill` columns share the width that the others leave. */
    readonly width: number | "fill";
    readonly align?: "left" | "right";
}

/** Widths of the columns, with one space between them. Columns that do not fit get 0, the last ones first. */
export function layOutColumns(columns: readonly ListColumn[], width: number): readonly number[] {
    const least = (column: ListColumn): number => (column.width === "fill" ? 8 : column.width);
    let count = columns.length;
    const taken = (): number =>
        columns.slice(0, count).reduce((sum, column) => sum + least(column), 0) + Math.max(0, count - 1);
    while (count > 1 && taken() > width) {
        count--;
    }
    const fills = columns.slice(0, count).filter((column) => column.width === "fill").length;
    const spare = Math.max(0, width - taken());
    let given = 0;
    return columns.map((column, index) => {
        if (index >= count) {
            return 0;
        }
        if (column.width !== "fill") {
            return Math.min(column.width, width);
        }
        given++;
        // The first ones get one cell each of the remainder.
        return Math.min(width, 8 + Math.floor(spare / fills) + (given <= spare % fills ? 1 : 0));
    });
}

/**
 * Like `layOutColumns`, but while the `fill` column has less than `least` cells, columns are dropped: the last ones first, never
 * the first `keep`.
 */
export function layOutNamed(
    columns: readonly ListColumn[],
    width: number,
    { keep, least }: { readonly keep: number; readonly least: number },
): readonly number[] {
    const name = columns.findIndex((column) => column.width === "fill");
    let count = columns.length;
    let widths = layOutColumns(columns, width);
    while (count > keep && (widths[name] ?? 0) < least) {
        count--;
        widths = [...layOutColumns(columns.slice(0, count), width), ...columns.slice(count).map(() => 0)];
    }
    return widths;
}

/** The line of column titles. */
export function formatTitles(columns: readonly ListColumn[], widths: readonly number[], theme: Theme): string {
    const titles = columns.map(({ title, align }, index) => fitText(title, widths[index] ?? 0, align));
    return theme.style("dim", titles.filter((title) => title !== "").join(" "));
}

/** One line of a list, exactly as wide as its columns. */
export function formatCells(
    cells: readonly ListCell[],
    columns: readonly ListColumn[],
    widths: readonly number[],
    theme: Theme,
): string {
    return cells
        .map(({ text, role }, index) => {
            const fitted = fitText(text, widths[index] ?? 0, columns[index]?.align);
            return role === undefined ? fitted : theme.style(role, fitted);
        })
        .filter((cell) => styledWidth(cell) > 0)
        .join(" ");
}

/** A line of a list: the selected line begins with `▌` and is reversed, without colours, which would become backgrounds. */
export function markSelected(line: string, isSelected: boolean, width: number, theme: Theme): string {
    const body = fitStyled(line, Math.max(0, width - 1));
    return isSelected ? theme.style("selected", theme.symbols.cursor + plainText(body)) : ` ${body}`;
}
