import type { BlockRows } from "../../../../deck/block-content.js";
import { formatTableHead, formatTableRow, layOutTable } from "../../../../text/format-table.js";
import { formatCount, formatQuantity } from "../../../../text/format-values.js";
import { nearestNameOrNull } from "../../../../text/nearest-name.js";
import { fitStyled, styledWidth } from "../../../terminal/styled-line.js";
import type { Theme } from "../../../kit/theme.js";
import { wrapText } from "../../../kit/lines/fit-text.js";
import type { TerminalSize } from "../../../terminal/open-terminal.js";

/** The lines of a table besides its rows: names, rule, count. */
export const tableFrameRows = 3;

/** As many rows as fit, and below them the number of all rows. */
export function formatBlockTable(
    { columns, rows, rowCount, isCountExact, notes }: BlockRows,
    asked: { readonly columns: readonly string[]; readonly rows: number | null },
    size: TerminalSize,
    theme: Theme,
): readonly string[] {
    const names = columns.map(({ name }) => name);
    const unknown = asked.columns.find((name) => !names.includes(name));
    const about = notes.flatMap((note) => wrapText(note, size.columns)).map((line) => theme.style("warned", line));
    if (unknown !== undefined) {
        const nearest = nearestNameOrNull(unknown, names);
        const hint = nearest === null ? `It has: ${names.join(", ")}.` : `Did you mean ${nearest}?`;
        return wrapText(`There is no column "${unknown}". ${hint}`, size.columns).map((line) =>
            theme.style("failed", line),
        );
    }
    if (rows.length === 0) {
        return [...about, theme.style("dim", "There are no rows.")];
    }
    const places = asked.columns.length === 0 ? [...names.keys()] : asked.columns.map((name) => names.indexOf(name));
    const room = Math.max(1, Math.min(asked.rows ?? Infinity, size.rows - tableFrameRows - about.length));
    const shown = rows.slice(0, room);
    const shownRows = shown.map((row) => places.map((place) => row[place] ?? null));
    const layout = layOutTable(
        places.flatMap((place) => columns[place] ?? []),
        shownRows,
        size.columns,
    );
    const [head = "", rule = ""] = formatTableHead(layout);
    const left = columns.length - layout.columns.length;
    const isAll = shown.length === rowCount && isCountExact;
    const count = isAll
        ? formatQuantity(rowCount, "row")
        : `${formatCount(shown.length)} of ${isCountExact ? "" : "more than "}${formatQuantity(rowCount, "row")}`;
    const hidden = asked.columns.length > 0 || left === 0 ? "" : `, ${formatQuantity(left, "column")} more`;
    return [
        ...about,
        theme.style("strong", fitStyled(head, Math.min(size.columns, styledWidth(rule)))),
        theme.style("dim", theme.isAscii ? rule.replaceAll("─", "-") : rule),
        ...shownRows.map((row) => fitStyled(formatTableRow(layout, row), size.columns).trimEnd()),
        theme.style("dim", `${count}${hidden}`),
    ];
}
