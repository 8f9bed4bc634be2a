import { countBucketsOrNull } from "../../text/charts/count-buckets.js";
import { extentOrNull, isDrawable, type ChartPoint } from "../../text/charts/chart-values.js";
import type { ChartChoice } from "../../text/charts/choose-chart.js";
import { describeChart } from "../../text/charts/describe-chart.js";
import { formatTicks } from "../../text/charts/format-magnitude.js";
import { makeScale, placeOn } from "../../text/charts/nice-scale.js";
import { escapeHtml } from "./escape-html.js";

const width = 800;
const height = 320;
const plot = { left: 70, right: width - 12, top: 12, bottom: height - 34 };
const mostLabels = 9;
const mostTicks = 6;

/** A chart as an inline SVG with the sentence that describes it. */
export function buildChartSvg(chart: ChartChoice): string {
    const sentence = escapeHtml(describeChart(chart));
    if (chart.kind === "none") {
        return `<p class="dim">${sentence}</p>`;
    }
    const points = pointsOf(chart);
    const extent = extentOrNull(points.map(({ value }) => value));
    const name = chart.kind === "histogram" ? chart.valueColumn : `${chart.valueColumn} by ${chart.labelColumn}`;
    if (extent === null) {
        return `<p class="dim">${sentence}</p>`;
    }
    const isLine = chart.kind === "line";
    const scale = makeScale(
        isLine ? extent.least : Math.min(0, extent.least),
        isLine ? extent.most : Math.max(0, extent.most),
        mostTicks,
    );
    const y = (value: number): number => plot.bottom - placeOn(scale, value) * (plot.bottom - plot.top);
    const step = (plot.right - plot.left) / points.length;
    const x = (index: number): number => plot.left + (index + 0.5) * step;
    const ticks = formatTicks(scale.ticks);
    const grid = scale.ticks.map(
        (tick, index) =>
            `<line class="grid" x1="${plot.left}" x2="${plot.right}" y1="${y(tick).toFixed(1)}" y2="${y(tick).toFixed(1)}"/><text class="tick" x="${plot.left - 8}" y="${(y(tick) + 4).toFixed(1)}">${escapeHtml(ticks[index] ?? "")}</text>`,
    );
    const every = Math.ceil(points.length / mostLabels);
    const labels = points.map(({ label }, index) =>
        index % every === 0
            ? `<text class="label" x="${x(index).toFixed(1)}" y="${plot.bottom + 20}">${escapeHtml(label.slice(0, 16))}</text>`
            : "",
    );
    const marks = isLine ? buildLine(points, x, y) : buildBars(points, x, y, step);
    return `<figure><figcaption>${escapeHtml(name)}</figcaption><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${sentence}">${grid.join("")}${marks}${labels.join("")}</svg><p class="dim">${sentence}</p></figure>`;
}

function pointsOf(chart: Exclude<ChartChoice, { readonly kind: "none" }>): readonly ChartPoint[] {
    if (chart.kind !== "histogram") {
        return chart.points;
    }
    const buckets = countBucketsOrNull(chart.values, 24);
    const edges = formatTicks(buckets?.edges ?? []);
    return (buckets?.counts ?? []).map((value, index) => ({ label: edges[index] ?? "", value }));
}

type Place = (value: number) => number;

function buildBars(points: readonly ChartPoint[], x: Place, y: Place, step: number): string {
    const barWidth = Math.max(1, step * 0.72);
    return points
        .map(({ label, value }, index) => {
            if (!isDrawable(value)) {
                return "";
            }
            const [top, bottom] = value >= 0 ? [y(value), y(0)] : [y(0), y(value)];
            return `<rect class="${value < 0 ? "negative" : "bar"}" x="${(x(index) - barWidth / 2).toFixed(1)}" y="${top.toFixed(1)}" width="${barWidth.toFixed(1)}" height="${Math.max(0.5, bottom - top).toFixed(1)}"><title>${escapeHtml(`${label}: ${value}`)}</title></rect>`;
        })
        .join("");
}

/** Gaps part the line. */
function buildLine(points: readonly ChartPoint[], x: Place, y: Place): string {
    let isDown = false;
    const path = points
        .map(({ value }, index) => {
            if (!isDrawable(value)) {
                isDown = false;
                return "";
            }
            const command = isDown ? "L" : "M";
            isDown = true;
            return `${command}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
        })
        .join("");
    const dots = points.map(({ label, value }, index) =>
        isDrawable(value)
            ? `<circle class="bar" cx="${x(index).toFixed(1)}" cy="${y(value).toFixed(1)}" r="4"><title>${escapeHtml(`${label}: ${value}`)}</title></circle>`
            : "",
    );
    return `<path class="line" d="${path}"/>${dots.join("")}`;
}
