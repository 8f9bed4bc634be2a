import { isNumericType } from "../../text/column-types.js";
import { formatCell } from "../../text/format-table.js";
import { formatDuration, formatQuantity } from "../../text/format-values.js";
import type { BlockContent, BlockRows, LineageContent, RecordedRun, Report, StarContent } from "../block-content.js";
import { chooseBlockChart } from "../choose-block-chart.js";
import type { LiveBlock } from "../live-block.js";
import type { PlacedBlock } from "../slide.js";
import { buildChartSvg } from "./chart-svg.js";
import { escapeHtml } from "./escape-html.js";

const mostRows = 25;

/** What was read for a block, as elements of the page. */
export function buildBlockHtml(block: LiveBlock, content: BlockContent): string {
    switch (content.kind) {
        case "sql":
            return buildSql(content.sql, `The SELECT of ${content.name}`);
        case "report":
            return buildReport(content.report);
        case "lineage":
            return buildLineage(content.lineage);
        case "star":
            return buildStar(content.star);
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
            return notes + buildChartSvg(chooseBlockChart(block, rows)) + buildSql(rows.sql, "The SELECT");
        case "figures":
            return notes + buildFigures(rows);
        case "query":
            return notes + buildSql(rows.sql, "The statement") + buildTable(rows, [], block.rows);
        case "table":
            return notes + buildTable(rows, block.columns, block.rows);
        case "lineage":
        case "star":
        case "sources":
        case "sql":
        case "tests":
        case "replay":
            // Their content is never rows.
            return "";
    }
}

function buildFigures({ columns, rows }: BlockRows): string {
    const figures = columns.map((column, index) => {
        const value = formatCell(rows[0]?.[index] ?? null, column);
        return `<div><strong>${escapeHtml(value)}</strong><span>${escapeHtml(column.name.replaceAll("_", " "))}</span></div>`;
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
    const kept = places.flatMap((place) => {
        const column = columns[place];
        return column === undefined ? [] : [{ column, place }];
    });
    const head = kept
        .map(({ column }) => `<th class="${alignOf(column.typeId)}">${escapeHtml(column.name)}</th>`)
        .join("");
    const body = shown.map(
        (row) =>
            `<tr>${kept.map(({ column, place }) => `<td class="${alignOf(column.typeId)}">${escapeHtml(formatCell(row[place] ?? null, column))}</td>`).join("")}</tr>`,
    );
    const isAll = shown.length === rowCount && isCountExact;
    const count = isAll
        ? formatQuantity(rowCount, "row")
        : `${shown.length} of ${isCountExact ? "" : "more than "}${formatQuantity(rowCount, "row")}`;
    return `<table><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody><caption>${count}</caption></table>`;
}

function alignOf(typeId: number): string {
    return isNumericType(typeId) ? "right" : "left";
}

function buildSql(sql: string, title: string): string {
    return `<details><summary>${escapeHtml(title)}</summary><pre><code>${escapeHtml(sql)}</code></pre></details>`;
}

function buildReport({ headline, columns, rows }: Report): string {
    const head = columns.map(({ title, align }) => `<th class="${align ?? "left"}">${escapeHtml(title)}</th>`).join("");
    const body = rows.map(
        (row) =>
            `<tr>${row.map(({ text, tone }, index) => `<td class="${columns[index]?.align ?? "left"} ${tone}">${escapeHtml(text)}</td>`).join("")}</tr>`,
    );
    return `<p class="${headline.tone}">${escapeHtml(headline.text)}</p><table><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table>`;
}

function buildLineage({ layers, focus }: LineageContent): string {
    const columns = layers.map(({ name, members }) => {
        const items = members.map(
            ({ text, tone }) => `<li class="${tone}${text === focus?.name ? " focus" : ""}">${escapeHtml(text)}</li>`,
        );
        return `<div><h3>${escapeHtml(name)}</h3><ul>${items.join("")}</ul></div>`;
    });
    return `<div class="layers">${columns.join("")}</div>`;
}

function buildStar({ fact, grain, measures, dimensions }: StarContent): string {
    const around = dimensions.map(
        ({ name, keys, grain: of }) =>
            `<div class="dimension"><h3>${escapeHtml(name)}</h3><code>${escapeHtml(keys.join(", "))}</code><p>${escapeHtml(of)}</p></div>`,
    );
    const middle = `<div class="fact"><h3>${escapeHtml(fact)}</h3><p>${escapeHtml(grain)}</p><p>${escapeHtml(measures.join(", "))}</p></div>`;
    return `<div class="star">${middle}${around.join("")}</div>`;
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
    return `<p>Run ${escapeHtml(run.runId)}: ${escapeHtml(run.status)} after ${formatDuration(run.durationMs)}, ${formatQuantity(run.models.length, "model")}.</p><table><thead><tr><th>model</th><th>state</th><th>when</th><th class="right">time</th><th>rows +/~/-</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}
