import { typeIds } from "../text/column-types.js";
import { formatTable } from "../text/format-table.js";
import type { Output } from "./output.js";

/** A column of a table about our own things: what it is called and what it shows. */
export interface ListColumn<T> {
    readonly name: string;
    readonly isNumeric?: boolean;
    /** Null is shown as nothing: it means “does not apply”. */
    readonly value: (item: T) => string | number | null;
}

/** Prints one line an item below a line of names; a column that is empty throughout is left out. */
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
