import { typeIds } from "../text/column-types.js";
import { formatTable } from "../text/format-table.js";
import type { Output } from "./output.js";

/** A column of a printed list: its name, and its value for each item. */
export interface ListColumn<T> {
    readonly name: string;
    readonly isNumeric?: boolean;
    /** Null means “does not apply” and shows as empty. */
    readonly value: (item: T) => string | number | null;
}

/** Prints a header and one line per item; leaves out a column that is empty in all of them. */
export function printTable<T>(output: Output, columns: readonly ListColumn<T>[], items: readonly T[]): void {
    const used = columns.filter((column) => items.some((item) => (column.value(item) ?? "") !== ""));
    const tableColumns = used.map(({ name, isNumeric = false }) => ({
        name,
        typeId: isNumeric ? typeIds.numeric : typeIds.text,
    }));
    const rows = items.map((item) => used.map((column) => String(column.value(item) ?? "")));
    for (const line of formatTable(tableColumns, rows, output.width)) {
        output.line(line);
    }
}
