import { isTemporalType } from "./column-kinds.js";
import { isIntegerType, isNumericType } from "./column-types.js";
import { groupDigits } from "./format-values.js";
import { cutToWidth, makeVisible, widthOf } from "./visible-text.js";

/** A column of a result: its name and the object id of its type in `pg_type`. */
export interface TableColumn {
    readonly name: string;
    readonly typeId: number;
    /** How many decimals numbers are rounded to when shown. */
    readonly decimals?: number | undefined;
    /** Shown after each number. */
    readonly unit?: string | undefined;
    /** True for a key, which is never cut, because it identifies the row. */
    readonly isKey?: boolean | undefined;
    /** True when times are shown without seconds. */
    readonly isToTheMinute?: boolean | undefined;
}

/** Rows as PostgreSQL writes them: text or null. */
export type TextRow = readonly (string | null)[];

/** The widths of a table's columns, chosen once so that rows can be formatted one by one. */
export interface TableLayout {
    readonly columns: readonly (TableColumn & { readonly width: number; readonly place: number })[];
    /** The names of the last columns that have no room. */
    readonly hidden: readonly string[];
}

const gap = "  ";
const widestCell = 60;
/** The last column may be wider, because no column follows that it could push out of sight. */
const widestLastCell = 300;
const narrowestCell = 8;
/** A column of numbers may become this narrow, which cuts its name but never its numbers. */
const narrowestName = 14;

/**
 * Chooses column widths from the first rows, in terminal cells.
 *
 * @param maxWidth the terminal's width. Texts are narrowed until the table fits, but never below 8 cells; numbers are never cut.
 * When there is still no room, the last columns are left out.
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
    const least = columns.map((column, index) => leastWidth(column, widths[index] ?? 1, firstRows, index));
    let count = columns.length;
    const extent = (of: readonly number[]): number => sum(of.slice(0, count)) + gap.length * (count - 1);
    while (count > 1 && extent(least) > maxWidth) {
        count--;
    }
    for (let excess = extent(widths) - maxWidth; excess > 0; excess--) {
        const spare = widths.slice(0, count).map((width, index) => (width > (least[index] ?? width) ? width : 0));
        const widest = Math.max(...spare);
        if (widest === 0) {
            break;
        }
        widths[spare.indexOf(widest)] = widest - 1;
    }
    return {
        columns: columns.slice(0, count).map((column, place) => ({ ...column, width: widths[place] ?? 1, place })),
        hidden: columns.slice(count).map(({ name }) => name),
    };
}

function leastWidth(column: TableColumn, width: number, rows: readonly TextRow[], place: number): number {
    if (!isNumericType(column.typeId)) {
        return column.isKey === true || isTemporalType(column.typeId) ? width : Math.min(width, narrowestCell);
    }
    const figures = rows.map((row) => widthOf(formatCell(row[place] ?? null, column).slice(0, 500)));
    return Math.min(width, Math.max(narrowestName, ...figures));
}

/** The column names and the rule below them. */
export function formatTableHead(layout: TableLayout): readonly string[] {
    const names = layout.columns.map((column) => alignCell(makeVisible(column.name), column));
    return [names.join(gap).trimEnd(), layout.columns.map((column) => "─".repeat(column.width)).join(gap)];
}

export function formatTableRow(layout: TableLayout, row: TextRow): string {
    return layout.columns
        .map((column) => alignCell(formatCell(row[column.place] ?? null, column), column))
        .join(gap)
        .trimEnd();
}

/** A whole table, when all rows are known. */
export function formatTable(
    columns: readonly TableColumn[],
    rows: readonly TextRow[],
    maxWidth?: number,
): readonly string[] {
    const layout = layOutTable(columns, rows, maxWidth);
    return [...formatTableHead(layout), ...rows.map((row) => formatTableRow(layout, row))];
}

/** A value as people see it: `∅` for null, thousands separators in quantities, control characters made visible. */
export function formatCell(value: string | null, column: TableColumn): string {
    if (value === null) {
        return "∅";
    }
    if (isNumericType(column.typeId)) {
        const number = formatNumber(column.decimals === undefined ? value : roundText(value, column.decimals), column);
        return column.unit === undefined ? number : `${number} ${column.unit}`;
    }
    return makeVisible(
        column.isToTheMinute === true ? value.replace(/^(\d{4}-\d\d-\d\d \d\d:\d\d):\d\d(\.\d+)?/, "$1") : value,
    );
}

/** As `formatCell`, for a single number: an integer of four digits counts as a year only if its column is named so. */
export function formatFigure(value: string | null, column: TableColumn): string {
    const text = formatCell(value, column);
    return isIntegerType(column.typeId) && !isIdentifier(column) ? text.replace(/^-?\d{4,}/, groupDigits) : text;
}

/** Rounds a number half away from zero, as PostgreSQL's numeric does; text that is not plain digits stays as it is. */
export function roundText(value: string, decimals: number): string {
    const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(value);
    if (parts === null) {
        return value;
    }
    const [, sign = "", whole = "", fraction = ""] = parts;
    const kept = fraction.slice(0, decimals).padEnd(decimals, "0");
    const isUp = (fraction[decimals] ?? "0") >= "5";
    const digits = String(BigInt(whole + kept) + (isUp ? 1n : 0n)).padStart(decimals + 1, "0");
    const text = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
    return /[1-9]/.test(text) ? sign + text : text;
}

/** Adds thousands separators, but not to integers of four digits, which may be years, nor to identifiers such as 20250103. */
function formatNumber(value: string, column: TableColumn): string {
    const parts = /^(-?)(\d+)(\.\d+)?$/.exec(value);
    if (parts === null || isIdentifier(column)) {
        return value;
    }
    const [, sign = "", whole = "", fraction = ""] = parts;
    const mayBeYear = isIntegerType(column.typeId) && whole.length < 5 && !isCount(column);
    const grouped = mayBeYear ? whole : groupDigits(whole);
    return `${sign}${grouped}${fraction}`;
}

/** `count`, `order_count`, `total`: how many of something, never a year. */
function isCount({ name }: TableColumn): boolean {
    return /(^|_)(count|sum|total|quantity|rows)(_\d+)?$/i.test(name);
}

/** True for numbers that identify rather than measure: keys, years. */
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
