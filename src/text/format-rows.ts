import { formatCsvRow } from "./format-csv.js";
import { formatJsonRow } from "./format-json.js";
import { formatMarkdownHead, formatMarkdownRow } from "./format-markdown.js";
import type { TableColumn, TextRow } from "./format-table.js";
import { uniqueNames } from "./unique-names.js";

export const rowFormats = ["csv", "json", "jsonl", "markdown"] as const;
/** A format of rows for other programs: `json` is one array, `jsonl` has one object a line. */
export type RowFormat = (typeof rowFormats)[number];

/** Formats rows that arrive page by page; the returned texts joined are the file. */
export interface RowsText {
    /** The next rows. The first call adds the header, so it must be called at least once. */
    page(rows: readonly TextRow[]): string;
    end(): string;
}

export function makeRowsText(format: RowFormat, columns: readonly TableColumn[]): RowsText {
    const names = uniqueNames(columns);
    const { head, line, between, end } = partsOf(format, names, columns);
    let isFirst = true;
    let hasRows = false;
    return {
        page(rows) {
            const before = isFirst ? head : "";
            const joint = hasRows && rows.length > 0 ? between : "";
            isFirst = false;
            hasRows ||= rows.length > 0;
            return before + joint + rows.map(line).join(between);
        },
        end: () => end(hasRows),
    };
}

interface RowsParts {
    readonly head: string;
    readonly line: (row: TextRow) => string;
    readonly between: string;
    readonly end: (hasRows: boolean) => string;
}

function partsOf(format: RowFormat, names: readonly string[], columns: readonly TableColumn[]): RowsParts {
    const nothing = { between: "", end: () => "" };
    switch (format) {
        case "csv":
            return { ...nothing, head: formatCsvRow(names), line: formatCsvRow };
        case "json":
            return {
                head: "[\n",
                line: (row) => formatJsonRow(columns, names, row),
                between: ",\n",
                end: (hasRows) => (hasRows ? "\n]\n" : "]\n"),
            };
        case "jsonl":
            return { ...nothing, head: "", line: (row) => `${formatJsonRow(columns, names, row)}\n` };
        case "markdown":
            return { ...nothing, head: formatMarkdownHead(names), line: formatMarkdownRow };
    }
}
