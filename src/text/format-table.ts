import { isTemporalType } from "./column-kinds.js";
import { isIntegerType, isNumericType } from "./column-types.js";
import { groupDigits } from "./format-values.js";
import { cutToWidth, makeVisible, widthOf } from "./visible-text.js";

/** A column of a result: its name and the object id of its type in `pg_type`. */
export interface TableColumn {
    readonly name: string;
    readonly typeId: number;
    /** Numbers are rounded to so many decimals where they are shown. */
    readonly decimals?: number | undefined;
    /** Stands behind its numbers. */
    readonly unit?: string | undefined;
    /** Tells rows apart: it is never cut. */
    readonly isKey?: boolean | undefined;
    /** Times are shown to the minute. */
    readonly isToTheMinute?: boolean | undefined;
}

/** Rows as PostgreSQL writes them: text or null. */
export type TextRow = readonly (string | null)[];

/** The widths of a table, chosen once so that rows can follow one by one. */
export interface TableLayout {
    readonly columns: readonly (TableColumn & { readonly width: number; readonly place: number })[];
    /** The last columns, where there is no room for them. */
    readonly hidden: readonly string[];
}

const gap = "  ";
const widestCell = 60;
/** The last column may be wider: it pushes no other out of sight. */
const widestLastCell = 300;
const narrowestCell = 8;
/** The name of a column of figures is cut rather than the figures. */
const narrowestName = 14;

/**
 * Chooses column widths from the first rows, in terminal cells.
 *
 * @param maxWidth the terminal's width. Texts are narrowed until the table fits, but never below 8 cells; figures are never cut. Columns
 * that have no room even so are left out, the last ones first.
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
    if (isNumericType(column.typeId)) {
        const number = formatNumber(column.decimals === undefined ? value : roundText(value, column.decimals), column);
        return column.unit === undefined ? number : `${number} ${column.unit}`;
    }
    return makeVisible(
        column.isToTheMinute === true ? value.replace(/^(\d{4}-\d\d-\d\d \d\d:\d\d):\d\d(\.\d+)?/, "$1") : value,
    );
}

/** As `formatCell`, for a value that stands alone: 1,669 is no year unless its column says so. */
export function formatFigure(value: string | null, column: TableColumn): string {
    const text = formatCell(value, column);
    return isIntegerType(column.typeId) && !isIdentifier(column) ? text.replace(/^-?\d{4,}/, groupDigits) : text;
}

/** A number rounded half away from zero, as PostgreSQL's numeric is; what is no number in digits stays. */
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

/** Separators, but not in integers of four digits, which may be years, nor in identifiers: 20250103 is a key. */
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
