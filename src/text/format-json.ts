import { isJsonType, isNumericType, typeIds } from "./column-types.js";
import type { TableColumn, TextRow } from "./format-table.js";

/**
 * One row as a JSON object on one line. Numbers keep every digit that PostgreSQL wrote (NaN and Infinity, which JSON
 * does not know, become strings); json columns are nested; all else is a string, boolean or null.
 */
export function formatJsonRow(columns: readonly TableColumn[], row: TextRow): string {
    const names = uniqueNames(columns);
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
    // Line breaks stand between the tokens of a json value, never in a string.
    return isJsonType(typeId) ? value.replaceAll(/[\r\n]+/g, " ") : JSON.stringify(value);
}

/** Two columns of one name would hide one another: the second `total` is called `total_2`. */
function uniqueNames(columns: readonly TableColumn[]): readonly string[] {
    const taken = new Set<string>();
    return columns.map(({ name }) => {
        let unique = name;
        for (let count = 2; taken.has(unique); count++) {
            unique = `${name}_${count}`;
        }
        taken.add(unique);
        return unique;
    });
}

/** JSON may hold characters that act on a terminal; escaped they mean the same. They occur within strings only. */
function escapeUnseen(json: string): string {
    return json.replaceAll(
        /[\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}
