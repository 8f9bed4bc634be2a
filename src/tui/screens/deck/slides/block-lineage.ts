import type { LineageContent, LineageLayer, ReportCell } from "../../../../deck/block-content.js";
import { makeVisible, widthOf } from "../../../../text/visible-text.js";
import { fitStyled } from "../../../terminal/styled-line.js";
import type { TerminalSize } from "../../../terminal/open-terminal.js";
import type { Theme } from "../../../kit/theme.js";
import { fitText } from "../../../kit/lines/fit-text.js";
import { symbolOfTone, toneRoles } from "./block-report.js";
import { cutLines } from "./cut-lines.js";
import { formatLineageGraphOrNull } from "./lineage-graph.js";

const gap = 4;
const mostNarrowed = 10;

/**
 * A drawn graph if it fits; else the layers side by side, from the landing tables to the marts; if those do not fit either, the
 * trees of the focused relation. The lineage of a column is always shown as trees, because they say what makes it.
 */
export function formatLineage(content: LineageContent, size: TerminalSize, theme: Theme): readonly string[] {
    if (content.column !== undefined && content.focus !== null) {
        return formatTrees({ ...content.focus, name: content.column.title }, size, theme);
    }
    const graph = formatLineageGraphOrNull(content, size, theme);
    if (graph !== null) {
        return graph;
    }
    const widths = content.layers.map((layer) => Math.max(...labels(layer).map(widthOf)));
    const needed = widths.reduce((sum, width) => sum + width, 0) + gap * (widths.length - 1);
    const height = Math.max(0, ...content.layers.map(({ members }) => members.length)) + 2;
    if (content.focus !== null && (needed > size.columns || height > size.rows)) {
        return formatTrees(content.focus, size, theme);
    }
    return formatLayers(content, narrow(widths, size.columns), size, theme);
}

function labels({ name, members }: LineageLayer): readonly string[] {
    return [name, ...members.map(({ text }) => `${makeVisible(text)}  `)];
}

/** Narrows the widest column until all fit, or all have their least width. */
function narrow(widths: readonly number[], room: number): readonly number[] {
    const narrowed = [...widths];
    const used = (): number => narrowed.reduce((sum, width) => sum + width, 0) + gap * (narrowed.length - 1);
    while (used() > room && Math.max(...narrowed) > mostNarrowed) {
        const widest = Math.max(...narrowed);
        narrowed[narrowed.indexOf(widest)] = widest - 1;
    }
    return narrowed;
}

function formatLayers(
    { layers, focus }: LineageContent,
    widths: readonly number[],
    { columns, rows }: TerminalSize,
    theme: Theme,
): readonly string[] {
    const arrow = ` ${theme.isAscii ? "->" : "─▶"} `;
    const heads = layers.map(({ name }, index) => theme.style("strong", fitText(name, widths[index] ?? 0)));
    const height = Math.max(0, ...layers.map(({ members }) => members.length));
    const shown = Math.max(1, Math.min(height, rows - 2));
    const line = (row: number): string =>
        layers
            .map(({ members }, index) => {
                const isCut = row === shown - 1 && members.length > shown;
                const cell = isCut ? { text: `${members.length - row} more`, tone: "dim" as const } : members[row];
                return formatMember(cell, widths[index] ?? 0, focus?.name ?? null, theme);
            })
            .join(" ".repeat(gap));
    return [
        fitStyled(heads.join(theme.style("dim", arrow)), columns),
        theme.style("dim", widths.map((width) => theme.symbols.rule.repeat(width)).join(" ".repeat(gap))),
        ...Array.from({ length: shown }, (_, row) => fitStyled(line(row), columns)),
    ];
}

function formatMember(cell: ReportCell | undefined, width: number, focus: string | null, theme: Theme): string {
    if (cell === undefined) {
        return " ".repeat(width);
    }
    const name = fitText(cell.text, Math.max(1, width - 2));
    return `${theme.style(toneRoles[cell.tone], symbolOfTone(cell.tone, theme))} ${cell.text === focus ? theme.style("accent", name) : name}`;
}

function formatTrees(
    { name, upstream, downstream }: NonNullable<LineageContent["focus"]>,
    { columns, rows }: TerminalSize,
    theme: Theme,
): readonly string[] {
    const draw = (line: string): string => fitText(theme.isAscii ? toAscii(line) : line, columns);
    const below = downstream.length === 0 ? [] : ["", theme.style("dim", "goes into"), ...downstream.map(draw)];
    const above = upstream.length === 0 ? [] : [theme.style("dim", "is made of"), ...upstream.map(draw)];
    return cutLines([theme.style("accent", fitText(name, columns).trimEnd()), ...above, ...below], rows, theme);
}

function toAscii(line: string): string {
    return line.replaceAll("├─", "|-").replaceAll("└─", "`-").replaceAll("│", "|");
}
