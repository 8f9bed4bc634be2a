import type { EditedText } from "../line-editor.js";
import { widthOf } from "../../../text/visible-text.js";
import type { CellPlace } from "../../terminal/compose-frame.js";
import { styledWidth } from "../../terminal/styled-line.js";
import type { Theme } from "../theme.js";
import { characterUnder } from "./edit-line.js";
import { highlightSql, splitLines } from "./highlight-sql.js";
import { wrapSegments, type Segment } from "./styled-text.js";

export interface SqlEditorPicture {
    readonly lines: readonly string[];
    readonly cursor: CellPlace;
}

/** SQL being edited, highlighted, and the cursor's cell; below the place of an error, a caret and the message if it fits. */
export function formatSqlEditor(
    { text, cursor }: EditedText,
    error: { readonly offset: number; readonly message: string } | null,
    width: number,
    theme: Theme,
): SqlEditorPicture {
    const lines: string[] = [];
    let place: CellPlace = { row: 0, column: 0 };
    let start = 0;
    const sources = text.split("\n");
    splitLines(highlightSql(text)).forEach((segments, index) => {
        const source = sources[index] ?? "";
        const hasCursor = cursor >= start && cursor <= start + source.length;
        // At the end of a full line the cursor moves to the next row.
        const isAtEnd = cursor === start + source.length;
        const shown: readonly Segment[] = isAtEnd ? [...segments, { text: " ", role: "plain" }] : segments;
        const first = lines.length;
        lines.push(...wrapSegments(shown, width, theme));
        if (hasCursor) {
            const under = characterUnder({ text, cursor });
            // A wide character that does not fit moves to the next row, and the cursor with it.
            const rows = wrapSegments([{ text: source.slice(0, cursor - start) + under, role: "plain" }], width, theme);
            const column = Math.max(0, styledWidth(rows.at(-1) ?? "") - widthOf(under));
            place = { row: first + rows.length - 1, column };
        }
        if (error !== null && error.offset >= start && error.offset <= start + source.length) {
            const failed = placeOf(source.slice(0, error.offset - start), width, theme);
            const room = Math.max(1, width - failed.column - 2);
            const message = error.message.length <= room ? ` ${error.message}` : "";
            const caret = theme.style("failed", " ".repeat(failed.column) + "^" + message);
            lines.splice(first + failed.row + 1, 0, caret);
            place = hasCursor && place.row > first + failed.row ? { ...place, row: place.row + 1 } : place;
        }
        start += source.length + 1;
    });
    return { lines, cursor: place };
}

/** The cell after the end of a line once it is wrapped. */
function placeOf(text: string, width: number, theme: Theme): CellPlace {
    const rows = wrapSegments([{ text, role: "plain" }], width, theme);
    const column = styledWidth(rows.at(-1) ?? "");
    return column >= width ? { row: rows.length, column: 0 } : { row: rows.length - 1, column };
}
