import type { TextRow } from "./format-table.js";

/**
 * One record of a CSV file by RFC 4180, with its line end. Values are PostgreSQL's own text.
 * As in PostgreSQL's COPY, null is an empty field and empty text is `""`.
 */
export function formatCsvRow(row: TextRow): string {
    return `${row.map(formatField).join(",")}\r\n`;
}

function formatField(value: string | null): string {
    if (value === null) {
        return "";
    }
    // Spaces at the edges are quoted because some readers trim them, `\.` because it ends the input of PostgreSQL's COPY.
    return value === "" || value === "\\." || /[",\r\n]|^\s|\s$/.test(value)
        ? `"${value.replaceAll('"', '""')}"`
        : value;
}
