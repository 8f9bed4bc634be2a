import { makeVisible, widthOf } from "./visible-text.js";

/**
 * The line of a statement at which PostgreSQL found an error, with its number and a caret below the position.
 *
 * @param position counted in characters (code points, not UTF-16 units) from 1, as PostgreSQL reports it
 * @param firstLine the number of the text's first line
 */
export function formatCodeFrame(
    sql: string,
    position: number,
    redact: (text: string) => string = (text) => text,
    firstLine = 1,
): readonly string[] {
    const before = Array.from(sql)
        .slice(0, position - 1)
        .join("");
    const lineIndex = before.split("\n").length - 1;
    const beforeOnLine = before.slice(before.lastIndexOf("\n") + 1);
    const line = sql.split("\n")[lineIndex] ?? "";
    const gutter = `${firstLine + lineIndex} │ `;
    // The text before and after the position is cleaned separately: cleaning changes lengths, and would misplace the caret.
    const clean = (text: string): string => makeVisible(redact(text).replaceAll("\t", "    ").replace(/\r$/, ""));
    // A line may be very long: show only what is near the caret.
    const start = Math.max(0, beforeOnLine.length - 100);
    const shownBefore = clean(line.slice(start, beforeOnLine.length));
    const shownAfter = clean(line.slice(beforeOnLine.length, beforeOnLine.length + 100));
    return [`${gutter}${shownBefore}${shownAfter}`, `${" ".repeat(widthOf(gutter + shownBefore))}^`];
}
