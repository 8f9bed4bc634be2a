import { isNumericType, typeIds } from "../../../text/column-types.js";
import { formatCell, type TableColumn } from "../../../text/format-table.js";
import { makeVisible } from "../../../text/visible-text.js";
import { styledWidth } from "../../terminal/styled-line.js";
import type { Theme } from "../../kit/theme.js";
import { fitText } from "../../kit/lines/fit-text.js";

const plain = /^[ -~]*$/;

/** The text of a value in the grid: booleans as `true` and `false`, `…` after a value that the server has clipped. */
export function formatGridCell(value: string | null, column: TableColumn, isClipped: boolean, theme: Theme): string {
    if (value === null) {
        return theme.symbols.null;
    }
    if (column.typeId === typeIds.boolean) {
        return value === "t" ? "true" : "false";
    }
    const isReady = plain.test(value) && !isNumericType(column.typeId);
    const text = isReady ? value : formatCell(value, column);
    return isClipped ? text + theme.symbols.ellipsis : text;
}

/**
 * The text of a cell in exactly `width` terminal cells. A number that does not fit becomes `####`, because a cut one would
 * be read as another number.
 */
export function fitCell(text: string, width: number, column: TableColumn, theme: Theme): string {
    const isNumber = isNumericType(column.typeId);
    if (!plain.test(text)) {
        return fitText(text, width, isNumber ? "right" : "left");
    }
    if (text.length > width) {
        return isNumber ? "#".repeat(width) : text.slice(0, Math.max(0, width - 1)) + theme.symbols.ellipsis;
    }
    return isNumber ? text.padStart(width) : text.padEnd(width);
}

/** Terminal cells that the text takes, counted up to `most`. */
export function measureCell(text: string, most: number): number {
    if (plain.test(text)) {
        return Math.min(text.length, most);
    }
    return Math.min(styledWidth(makeVisible(text.slice(0, most))), most);
}
