import type { ChangedRow, ChangedRows, RowTexts } from "../../../runs/changed-rows.js";
import { formatQuantity } from "../../../text/format-values.js";
import { styledWidth } from "../../terminal/styled-line.js";
import type { Role, Theme } from "../../kit/theme.js";
import { fitText } from "../../kit/lines/fit-text.js";

export interface ChangedRowsOptions {
    readonly primaryKey: readonly string[];
    /** How many rows the run changed; the sample may hold fewer. */
    readonly changedCount: number;
    readonly width: number;
    readonly theme: Theme;
}

/**
 * The rows that a run changed, before and after:
 *
 *     ~ week_start 2024-11-25
 *         order_count      148 → 149
 */
export function formatChangedRows(
    changed: ChangedRows,
    { primaryKey, changedCount, width, theme }: ChangedRowsOptions,
): readonly string[] {
    if (changed.rows.length === 0) {
        return ["No changed rows were kept: in a first load every row is new."];
    }
    const head =
        changedCount > changed.rows.length
            ? [
                  theme.style(
                      "dim",
                      `The first ${changed.rows.length} of ${formatQuantity(changedCount, "changed row")}:`,
                  ),
                  "",
              ]
            : [];
    const values = changed.columns.filter((column) => !primaryKey.includes(column));
    const nameWidth = Math.min(Math.floor(width / 2), Math.max(0, ...values.map((column) => styledWidth(column))));
    return [
        ...head,
        ...changed.rows.flatMap((row) => [...formatRow(row, { primaryKey, values, nameWidth, width, theme }), ""]),
    ];
}

interface RowOptions extends Pick<ChangedRowsOptions, "primaryKey" | "width" | "theme"> {
    readonly values: readonly string[];
    readonly nameWidth: number;
}

const looks: Readonly<Record<ChangedRow["operation"], readonly [Role, string, string]>> = {
    insert: ["ok", "+", "new"],
    update: ["warned", "~", "changed"],
    delete: ["failed", "-", "gone"],
};

function formatRow({ operation, before, after }: ChangedRow<RowTexts>, options: RowOptions): readonly string[] {
    const { primaryKey, values, nameWidth, width, theme } = options;
    const [role, symbol, word] = looks[operation];
    const row = after ?? before ?? {};
    const key = primaryKey.map((column) => `${column} ${formatValue(row[column], theme)}`).join(", ");
    const arrow = theme.isAscii ? "->" : "→";
    const lines = values.flatMap((column) => {
        const [old, now] = [before?.[column] ?? null, after?.[column] ?? null];
        if (before !== null && after !== null && old === now) {
            return [];
        }
        const value =
            before !== null && after !== null
                ? `${formatValue(old, theme)} ${arrow} ${formatValue(now, theme)}`
                : formatValue(after === null ? old : now, theme);
        const text = fitText(value, Math.max(0, width - nameWidth - 6)).trimEnd();
        return [`    ${theme.style("dim", fitText(column, nameWidth))}  ${text}`];
    });
    return [theme.style(role, fitText(`${symbol} ${key}  ${word}`, width).trimEnd()), ...lines];
}

function formatValue(value: string | null | undefined, theme: Theme): string {
    return value ?? theme.symbols.null;
}
