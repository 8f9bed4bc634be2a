import { makeRowsText, type RowsText } from "../text/format-rows.js";
import {
    formatTableHead,
    formatTableRow,
    layOutTable,
    type TableColumn,
    type TableLayout,
} from "../text/format-table.js";
import type { ResultPage } from "../browse/read-pages.js";
import { StardeckError } from "../config/errors.js";
import type { FlagDescription } from "./command.js";
import { formatQuantity } from "../text/format-values.js";
import type { Output } from "./output.js";

const resultFormats = ["table", "csv", "json", "jsonl"] as const;
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

/** Prints a result as its pages arrive; the first page determines the widths of a table. */
export interface ResultWriter {
    writePage(page: ResultPage): Promise<void>;
    /** Call it once, after the last page. */
    end(): Promise<void>;
    /** Rows printed. */
    readonly rowCount: number;
    /** Whether there were more rows than `maxRows`. */
    readonly hasMore: boolean;
    /** Columns that had no room in the table. */
    readonly hiddenColumns: readonly string[];
}

/** `4 columns have no room here: a, b, c, d` */
export function describeHidden(names: readonly string[]): string {
    const [verb, what] = names.length === 1 ? ["has", "column"] : ["have", "column"];
    return `${formatQuantity(names.length, what)} ${verb} no room here: ${names.join(", ")}`;
}

/** @param looks how to show the values of columns in a table, by name */
export function makeResultWriter(
    format: ResultFormat,
    output: Output,
    maxRows = Number.POSITIVE_INFINITY,
    looks: readonly TableColumn[] = [],
): ResultWriter {
    let hasMore = false;
    let rowCount = 0;
    let layout: TableLayout | null = null;
    let text: RowsText | null = null;

    function formatPage({ fields, rows }: ResultPage): string {
        if (format !== "table") {
            text ??= makeRowsText(format, fields);
            return text.page(rows);
        }
        const head = layout === null;
        const columns = fields.map((field) => ({ ...looks.find(({ name }) => name === field.name), ...field }));
        const current = (layout ??= layOutTable(columns, rows, output.width));
        return [...(head ? formatTableHead(current) : []), ...rows.map((row) => formatTableRow(current, row))]
            .map((line) => `${line}\n`)
            .join("");
    }

    return {
        get rowCount() {
            return rowCount;
        },
        get hasMore() {
            return hasMore;
        },
        get hiddenColumns() {
            return layout?.hidden ?? [];
        },
        writePage: async ({ fields, rows }) => {
            const left = maxRows - rowCount;
            hasMore ||= rows.length > left;
            const shown = rows.slice(0, left);
            await output.rows(formatPage({ fields, rows: shown }));
            rowCount += shown.length;
        },
        end: async () => {
            const end = text?.end() ?? "";
            if (end !== "") {
                await output.rows(end);
            }
        },
    };
}
