import { isIntegerType, isNumericType } from "./column-types.js";
import { groupDigits } from "./format-values.js";
import { cutToWidth, makeVisible, widthOf } from "./visible-text.js";

/** A column of a result: its name and the object id of its type in `pg_type`. */
export interface TableColumn {
    readonly name: string;
    readonly typeId: number;
}

/** Rows as PostgreSQL writes them: text or null. */
export type TextRow = readonly (string | null)[];

/** The widths of a table, chosen once so that rows can follow one by one. */
export interface TableLayout {
    readonly columns: readonly (TableColumn & { readonly width: number })[];
}

const gap = "  ";
const widestCell = 60;
/** The last column may be wider: it pushes no other out of sight. */
const widestLastCell = 300;
const narrowestCell = 8;

/**
 * Chooses column widths from the first rows, in terminal cells.
 *
 * @param maxWidth the terminal's width; the widest columns are narrowed until the table fits, but never below 8 cells.
 */
export function layOutTable(
    columns: readonly TableColumn[],
    firstRows: readonly TextRow[],
    maxWidth = Number.POSITIVE_INFINITY,
): TableLayout {
    const widths = columns.map((column, index) =>
        Math.min(
            index === columns.length - 1 ? widestLastCell : widestCell,
            Math.max(
                widthOf(makeVisible(column.name)),
                ...firstRows.map((row) => widthOf(formatCell(row[index] ?? null, column).slice(0, 500))),
                1,
            ),
        ),
    );
    let excess = sum(widths) + gap.length * (widths.length - 1) - maxWidth;
    while (excess > 0) {
        const widest = Math.max(...widths);
        if (widest <= narrowestCell) {
            break;
        }
        widths[widths.indexOf(widest)] = widest - 1;
        excess--;
    }
    return { columns: columns.map((column, index) => ({ ...column, width: widths[index] ?? 1 })) };
}

/** The column names and the rule below them. */
export function formatTableHead(layout: TableLayout): readonly string[] {
    const names = layout.columns.map((column) => alignCell(makeVisible(column.name), column));
    return [names.join(gap).trimEnd(), layout.columns.map((column) => "─".repeat(column.width)).join(gap)];
}

export function formatTableRow(layout: TableLayout, row: TextRow): string {
    return layout.columns
        .map((column, index) => alignCell(formatCell(row[index] ?? null, column), column))
        .join(gap)
        .trimEnd();
}

/** A whole table, for rows that are all at hand. */
export function formatTable(
    columns: readonly TableColumn[],
    rows: readonly TextRow[],
    maxWidth?: number,
): readonly string[] {
    const layout = layOutTable(columns, rows, maxWidth);
    return [...formatTableHead(layout), ...rows.map((row) => formatTableRow(layout, row))];
}

/** What a person sees of a value: `∅` for null, thousands separators in quantities, nothing that acts on the terminal. */
export function formatCell(value: string | null, column: TableColumn): string {
    if (value === null) {
        return "∅";
    }
    return isNumericType(column.typeId) ? formatNumber(value, column) : makeVisible(value);
}

/** Separators, but not in integers of four digits, which may be years, nor in identifiers: 20250103 is a key. */
function formatNumber(value: string, column: TableColumn): string {
    const parts = /^(-?)(\d+)(\.\d+)?$/.exec(value);
    if (parts === null || isIdentifier(column)) {
        return value;
    }
    const [, sign = "", whole = "", fraction = ""] = parts;
    const mayBeYear = isIntegerType(column.typeId) && whole.length < 5;
    const grouped = mayBeYear ? whole : groupDigits(whole);
    return `${sign}${grouped}${fraction}`;
}

/** True of numbers that name something and measure nothing: keys, years. */
export function isIdentifier(column: TableColumn): boolean {
    return isIntegerType(column.typeId) && /(^|_)(id|key|number|code|oid|pid|year|week)$/i.test(column.name);
}

function alignCell(text: string, column: TableLayout["columns"][number]): string {
    const cut = cutToWidth(text, column.width);
    const padding = " ".repeat(Math.max(0, column.width - widthOf(cut)));
    return isNumericType(column.typeId) ? padding + cut : cut + padding;
}

function sum(numbers: readonly number[]): number {
    return numbers.reduce((total, number) => total + number, 0);
}
