import type { TextRow } from "./format-table.js";

/** The head of a Markdown table, two lines: https://github.github.com/gfm/#tables-extension- */
export function formatMarkdownHead(names: readonly string[]): string {
    return formatMarkdownRow(names) + formatMarkdownRow(names.map(() => "---"));
}

/** A line of a Markdown table. */
export function formatMarkdownRow(row: TextRow): string {
    return `| ${row.map((value) => escape(value ?? "")).join(" | ")} |\n`;
}

/** A cell is one line; an unescaped bar would end it, even within code. */
function escape(value: string): string {
    return value
        .replaceAll("\\", "\\\\")
        .replaceAll("|", "\\|")
        .replaceAll(/\r\n|[\r\n]/g, " ");
}
