import { formatCsvRow } from "../explore/format-csv.js";
import { formatJsonRow } from "../explore/format-json.js";
import { formatTableHead, formatTableRow, layOutTable, type TableLayout } from "../explore/format-table.js";
import type { ResultPage } from "../explore/read-pages.js";
import { StardeckError } from "../config/errors.js";
import type { FlagDescription } from "./command.js";
import type { Output } from "./output.js";

export const resultFormats = ["table", "csv", "json", "jsonl"] as const;
export type ResultFormat = (typeof resultFormats)[number];

/** The flag of every command that prints rows. */
export const formatFlag = {
    type: "string",
    placeholder: "FORMAT",
    choices: resultFormats,
    description: "table (default), csv, json (an array) or jsonl (an object a line)",
} as const satisfies FlagDescription;

/** @throws StardeckError `usage` when `--json` and `--format` contradict each other. */
export function parseResultFormat(given: string | undefined, isJson: boolean): ResultFormat {
    const format = resultFormats.find((each) => each === given);
    if (isJson && format !== undefined && format !== "jsonl") {
        throw new StardeckError(`--json prints one object a line and --format ${format} does not.`, {
            code: "usage",
            hint: "Leave one of them out.",
        });
    }
    return format ?? (isJson ? "jsonl" : "table");
}

/** Prints a result as its pages arrive; the first page decides on the widths of a table. */
export interface ResultWriter {
    writePage(page: ResultPage): Promise<void>;
    /** To be called once, after the last page. */
    end(): Promise<void>;
    /** Rows printed. */
    readonly rowCount: number;
    /** True when there were more rows than `maxRows`. */
    readonly hasMore: boolean;
}

export function makeResultWriter(
    format: ResultFormat,
    output: Output,
    maxRows = Number.POSITIVE_INFINITY,
): ResultWriter {
    let hasMore = false;
    let rowCount = 0;
    let isFirstPage = true;
    let layout: TableLayout | null = null;

    function formatPage({ fields, rows }: ResultPage): string {
        switch (format) {
            case "table": {
                layout ??= layOutTable(fields, rows, output.width);
                const current = layout;
                const head = isFirstPage ? formatTableHead(current) : [];
                return [...head, ...rows.map((row) => formatTableRow(current, row))]
                    .map((line) => `${line}\n`)
                    .join("");
            }
            case "csv": {
                const head = isFirstPage ? [fields.map((field) => field.name)] : [];
                return [...head, ...rows].map(formatCsvRow).join("");
            }
            case "json": {
                const before = isFirstPage ? "[\n" : rows.length > 0 ? ",\n" : "";
                return before + rows.map((row) => formatJsonRow(fields, row)).join(",\n");
            }
            case "jsonl":
                return rows.map((row) => `${formatJsonRow(fields, row)}\n`).join("");
        }
    }

    return {
        get rowCount() {
            return rowCount;
        },
        get hasMore() {
            return hasMore;
        },
        writePage: async ({ fields, rows }) => {
            const left = maxRows - rowCount;
            hasMore ||= rows.length > left;
            const shown = rows.slice(0, left);
            await output.rows(formatPage({ fields, rows: shown }));
            isFirstPage = false;
            rowCount += shown.length;
        },
        end: async () => {
            if (format === "json") {
                await output.rows(rowCount === 0 ? "]\n" : "\n]\n");
            }
        },
    };
}
