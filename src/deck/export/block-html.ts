import { isNumericType } from "../../text/column-types.js";
import { formatCell, formatFigure } from "../../text/format-table.js";
import { formatDuration, formatQuantity } from "../../text/format-values.js";
import type { BlockContent, BlockRows, LineageContent, RecordedRun, Report } from "../block-content.js";
import { chooseBlockChart } from "../choose-block-chart.js";
import type { LiveBlock } from "../live-block.js";
import type { PlacedBlock } from "../slide.js";
import { buildChartSvg } from "./chart-svg.js";
import { escapeHtml } from "./escape-html.js";
import { buildLineageSvgOrNull } from "./lineage-svg.js";
import { buildStarHtml } from "./star-html.js";
import { buildTableHtml } from "./table-html.js";

/** About as many rows as a page has room for. */
const mostRows = 18;

/** The content of a block, as HTML elements. */
export function buildBlockHtml(block: LiveBlock, content: BlockContent): string {
    switch (content.kind) {
        case "sql":
            return `<figure><figcaption>The SELECT of ${escapeHtml(content.name)}</figcaption>${buildCode(content.sql)}</figure>`;
        case "report":
            return buildReport(content.report);
        case "lineage":
            return buildLineage(content.lineage);
        case "star":
            return buildStarHtml(content.star);
        case "run":
            return buildRun(content.recorded);
        case "rows":
            return buildRows(block, content.rows);
    }
}

/** A block that could not be read. */
export function buildProblemHtml(message: string, { block, place }: PlacedBlock): string {
    return `<p class="failed">${escapeHtml(`${message} The ${block.kind} of ${place.file}, line ${place.line}.`)}</p>`;
}

function buildRows(block: LiveBlock, rows: BlockRows): string {
    const notes = rows.notes.map((note) => `<p class="warned">${escapeHtml(note)}</p>`).join("");
    switch (block.kind) {
        case "chart":
            return notes + buildChartSvg(chooseBlockChart(block, rows), buildDetails(rows.sql));
        case "figures":
            return notes + buildFigures(rows);
        case "query":
            return `${notes}<div class="beside">${buildCode(rows.sql)}${buildTable(rows, [], block.rows)}</div>`;
        case "table":
            return notes + buildTable(rows, block.columns, block.rows);
        case "lineage":
        case "star":
        case "sources":
        case "sql":
        case "tests":
        case "replay":
            // These kinds never have rows.
            return "";
    }
}

function buildFigures({ columns, rows }: BlockRows): string {
    const figures = columns.map((column, index) => {
        const value = formatFigure(rows[0]?.[index] ?? null, column);
        const look = isNumericType(column.typeId) ? "number" : "text";
        return `<div><strong class="${look}">${escapeHtml(value)}</strong><span>${escapeHtml(column.name.replaceAll("_", " "))}</span></div>`;
    });
    return `<div class="figures">${figures.join("")}</div>`;
}

function buildTable(
    { columns, rows, rowCount, isCountExact }: BlockRows,
    asked: readonly string[],
    wished: number | null,
): string {
    const shown = rows.slice(0, wished ?? mostRows);
    const places =
        asked.length === 0
            ? [...columns.keys()]
            : asked.map((name) => columns.findIndex((column) => column.name === name));
    const isAll = shown.length === rowCount && isCountExact;
    const count = isAll
        ? formatQuantity(rowCount, "row")
        : `${shown.length} of ${isCountExact ? "" : "more than "}${formatQuantity(rowCount, "row")}`;
    return buildTableHtml(
        places.flatMap((place) => {
            const column = columns[place];
            return column === undefined
                ? []
                : [
                      {
                          title: column.name,
                          align: isNumericType(column.typeId) ? "right" : "left",
                          cells: shown.map((row) => ({ text: formatCell(row[place] ?? null, column) })),
                      },
                  ];
        }),
        count,
    );
}

/** The SELECT behind a block, folded; it is not printed. */
function buildDetails(sql: string): string {
    return `<details><summary>The SELECT</summary>${buildCode(sql)}</details>`;
}

function buildCode(sql: string): string {
    return `<pre><code>${escapeHtml(sql)}</code></pre>`;
}

function buildReport({ headline, columns, rows }: Report): string {
    const table = buildTableHtml(
        columns.map(({ title, align }, index) => ({
            title,
            align: align ?? "left",
            cells: rows.map((row) => row[index] ?? { text: "" }),
        })),
    );
    return `<p class="${headline.tone}">${escapeHtml(headline.text)}</p>${rows.length === 0 ? "" : table}`;
}

/** The lineage as a drawing if it fits on a page, else its layers side by side. */
function buildLineage(lineage: LineageContent): string {
    const drawn = buildLineageSvgOrNull(lineage);
    if (drawn !== null) {
        return drawn + buildMade(lineage);
    }
    const columns = lineage.layers.map(({ name, members }) => {
        const items = members.map(
            ({ text, tone }) =>
                `<li class="${tone}${text === lineage.focus?.name ? " focus" : ""}">${escapeHtml(text)}</li>`,
        );
        return `<div><h3>${escapeHtml(name)}</h3><ul>${items.join("")}</ul></div>`;
    });
    return `<div class="layers">${columns.join("")}</div>${buildMade(lineage)}`;
}

/** The expression that makes each column, for the lineage of a column. */
function buildMade({ column }: LineageContent): string {
    const made = column?.made ?? [];
    const items = made.map(
        ({ name, expression }) => `<dt>${escapeHtml(name)}</dt><dd><code>${escapeHtml(expression)}</code></dd>`,
    );
    const rows = column?.rowsDecidedBy ?? [];
    const decided =
        rows.length === 0
            ? ""
            : `<p class="dim">Which rows there are is decided by ${escapeHtml(rows.join(", "))}.</p>`;
    return items.length === 0 ? decided : `<dl class="made">${items.join("")}</dl>${decided}`;
}

/** Each model of the run as a bar over the time that it took. */
function buildRun({ run, spans }: RecordedRun): string {
    const total = Math.max(1, ...[...spans.values()].map(({ toMs }) => toMs));
    const rows = run.models
        .filter(({ scope }) => scope?.kind !== "view")
        .map(({ modelName, status, durationMs, rows: counts }) => {
            const { fromMs = 0, toMs = 0 } = spans.get(modelName) ?? {};
            const left = (100 * fromMs) / total;
            const width = Math.max(0.5, (100 * (toMs - fromMs)) / total);
            const changes = counts === null ? "" : `+${counts.inserted} ~${counts.updated} -${counts.deleted}`;
            const tone = status === "ok" ? "ok" : status === "failed" ? "failed" : "warned";
            const bar = `<svg viewBox="0 0 100 4" preserveAspectRatio="none" class="span" aria-hidden="true"><rect x="${left.toFixed(2)}" width="${width.toFixed(2)}" height="4"/></svg>`;
            return `<tr><td>${escapeHtml(modelName)}</td><td class="${tone}">${escapeHtml(status)}</td><td>${bar}</td><td class="right">${durationMs === null ? "" : formatDuration(durationMs)}</td><td>${escapeHtml(changes)}</td></tr>`;
        });
    return `<p>Run ${escapeHtml(run.runId)}: ${escapeHtml(run.status)} after ${formatDuration(run.durationMs)}, ${formatQuantity(run.models.length, "model")}.</p><div class="table"><table><thead><tr><th>model</th><th>state</th><th>when</th><th class="right">time</th><th>rows +/~/-</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}
