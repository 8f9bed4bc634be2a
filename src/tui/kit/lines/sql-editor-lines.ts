import type { EditedText } from "../line-editor.js";
import { styledWidth } from "../../terminal/styled-line.js";
import type { Theme } from "../theme.js";
import { highlightSql, splitLines } from "./highlight-sql.js";
import { wrapSegments, type Segment } from "./styled-text.js";

export interface SqlEditorPicture {
    readonly lines: readonly string[];
    /** The line with the cursor. */
    readonly cursorLine: number;
}

/** SQL being written, highlighted, with its cursor; below the place of an error a caret and what is wrong. */
export function formatSqlEditor(
    { text, cursor }: EditedText,
    error: { readonly offset: number; readonly message: string } | null,
    width: number,
    theme: Theme,
): SqlEditorPicture {
    const lines: string[] = [];
    let cursorLine = 0;
    let start = 0;
    const sources = text.split("\n");
    splitLines(highlightSql(text)).forEach((segments, index) => {
        const source = sources[index] ?? "";
        const hasCursor = cursor >= start && cursor <= start + source.length;
        const shown = hasCursor ? markCursor(segments, cursor - start) : segments;
        const first = lines.length;
        lines.push(...wrapSegments(shown, width, theme));
        if (hasCursor) {
            cursorLine = first + placeOf(source.slice(0, cursor - start), width, theme).row;
        }
        if (error !== null && error.offset >= start && error.offset <= start + source.length) {
            const place = placeOf(source.slice(0, error.offset - start), width, theme);
            const room = Math.max(1, width - place.column - 2);
            const message = error.message.length <= room ? ` ${error.message}` : "";
            const caret = theme.style("failed", " ".repeat(place.column) + "^" + message);
            lines.splice(first + place.row + 1, 0, caret);
            cursorLine += hasCursor && cursorLine > first + place.row ? 1 : 0;
        }
        start += source.length + 1;
    });
    return { lines, cursorLine };
}

/** Where a text of one line ends when it is wrapped. */
function placeOf(text: string, width: number, theme: Theme): { readonly row: number; readonly column: number } {
    const rows = wrapSegments([{ text, role: "plain" }], width, theme);
    const column = styledWidth(rows.at(-1) ?? "");
    return column >= width ? { row: rows.length, column: 0 } : { row: rows.length - 1, column };
}

const graphemes = new Intl.Segmenter();

/** The pieces with the character under the cursor reversed; a blank at the end of the line. */
function markCursor(segments: readonly Segment[], at: number): readonly Segment[] {
    const marked: Segment[] = [];
    let start = 0;
    for (const { text, role } of segments) {
        const inside = at - start;
        if (inside >= 0 && inside < text.length) {
            const under = graphemes.segment(text.slice(inside))[Symbol.iterator]().next().value?.segment ?? "";
            marked.push(
                { text: text.slice(0, inside), role },
                { text: under, role: "selected" },
                { text: text.slice(inside + under.length), role },
            );
        } else {
            marked.push({ text, role });
        }
        start += text.length;
    }
    return at >= start ? [...marked, { text: " ", role: "selected" }] : marked;
}
