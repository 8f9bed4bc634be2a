import type { Report, ReportTone } from "../../../../deck/block-content.js";
import { formatQuantity } from "../../../../text/format-values.js";
import { makeVisible, widthOf } from "../../../../text/visible-text.js";
import type { TerminalSize } from "../../../terminal/open-terminal.js";
import type { Role, Theme } from "../../../kit/theme.js";
import { wrapText } from "../../../kit/lines/fit-text.js";
import { formatCells, formatTitles, layOutColumns, type ListColumn } from "../../../kit/lines/table-lines.js";

/** Lines of a report besides its rows: titles, and the blank line below the headline. */
export const reportFrameRows = 2;

export const toneRoles: Readonly<Record<ReportTone, Role>> = {
    plain: "plain",
    dim: "dim",
    ok: "ok",
    warned: "warned",
    failed: "failed",
};

/** The state of a model or source as a symbol; a blank when it has none. */
export function symbolOfTone(tone: ReportTone, { symbols }: Theme): string {
    const all = { plain: " ", dim: symbols.queued, ok: symbols.ok, warned: symbols.warned, failed: symbols.failed };
    return all[tone];
}

/** A sentence and a table below it; a last line counts the rows that do not fit. */
export function formatReport(report: Report, { columns, rows }: TerminalSize, theme: Theme): readonly string[] {
    const { headline } = report;
    const head = wrapText(headline.text, columns).map((line) => theme.style(toneRoles[headline.tone], line));
    if (report.rows.length === 0) {
        return head;
    }
    const list = report.columns.map(({ title, align, isFill }, index): ListColumn => {
        const widest = Math.max(
            widthOf(title),
            ...report.rows.map((row) => widthOf(makeVisible(row[index]?.text ?? ""))),
        );
        return { title, width: isFill === true ? "fill" : widest, ...(align === undefined ? {} : { align }) };
    });
    const widths = layOutColumns(list, columns);
    const room = rows - head.length - reportFrameRows;
    const shown = report.rows.length <= room ? report.rows : report.rows.slice(0, Math.max(1, room - 1));
    const left = report.rows.length - shown.length;
    return [
        ...head,
        "",
        formatTitles(list, widths, theme),
        ...shown.map((row) =>
            formatCells(
                row.map(({ text, tone }) => ({ text, role: toneRoles[tone] })),
                list,
                widths,
                theme,
            ),
        ),
        ...(left === 0 ? [] : [theme.style("dim", `${theme.symbols.ellipsis} ${formatQuantity(left, "row")} more`)]),
    ];
}
