import { isJsonType, isNumericType, typeIds } from "./column-types.js";
import type { TableColumn, TextRow } from "./format-table.js";
import { escapeUnseen } from "./visible-text.js";

/**
 * One row as a JSON object on one line. Numbers keep every digit that PostgreSQL wrote (NaN and Infinity, which JSON
 * does not know, become strings); json columns are nested; every other value is a string, boolean or null.
 *
 * @param names unique names of the columns
 */
export function formatJsonRow(columns: readonly TableColumn[], names: readonly string[], row: TextRow): string {
    const members = columns.map((column, index) => {
        const value = formatValue(row[index] ?? null, column.typeId);
        return `${escapeUnseen(JSON.stringify(names[index] ?? ""))}:${escapeUnseen(value)}`;
    });
    return `{${members.join(",")}}`;
}

function formatValue(value: string | null, typeId: number): string {
    if (value === null) {
        return "null";
    }
    if (typeId === typeIds.boolean) {
        return value === "t" ? "true" : "false";
    }
    if (isNumericType(typeId) && /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i.test(value)) {
        return value;
    }
    return isJsonType(typeId) ? value : JSON.stringify(value);
}
