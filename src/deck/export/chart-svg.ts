import { countBucketsOrNull } from "../../text/charts/count-buckets.js";
import { extentOrNull, isDrawable, type ChartPoint } from "../../text/charts/chart-values.js";
import type { ChartChoice } from "../../text/charts/choose-chart.js";
import { describeChart } from "../../text/charts/describe-chart.js";
import { makeScale, placeOn } from "../../text/charts/nice-scale.js";
import { formatMagnitude, formatTicks } from "../../text/charts/format-magnitude.js";
import { cutToWidth } from "../../text/visible-text.js";
import { escapeHtml } from "./escape-html.js";

const width = 720;
const height = 360;
const plot = { left: 64, right: width - 12, top: 12, bottom: height - 34 };
const mostTicks = 6;
/** The longest label, in characters; longer ones are cut. */
const mostInLabel = 16;
const mostInName = 28;
/** The width of a character of a label with its spacing, in pixels. */
const labelCharacter = 8.3;
/** The greatest number of named bars. */
const mostNamed = 14;

/**
 * A chart as an inline SVG with the sentence that describes it.
 *
 * @param details elements to put below it
 */
export function buildChartSvg(chart: ChartChoice, details = ""): string {
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
    const drawn =
        chart.kind === "horizontal bars" ? drawNamed(points.slice(0, mostNamed)) : drawUpright(chart, points, extent);
    const rest =
        chart.kind === "horizontal bars" && points.length > mostNamed ? ` ${points.length - mostNamed} more.` : "";
    return `<figure class="chart"><figcaption>${escapeHtml(name)}</figcaption><svg viewBox="0 0 ${width} ${drawn.height}" role="img" aria-label="${sentence}">${drawn.svg}</svg><p class="dim">${sentence}${rest}</p>${details}</figure>`;
}

interface Drawn {
    readonly svg: string;
    readonly height: number;
}

/** Draws bars or a line above an axis. */
function drawUpright(
    { kind }: ChartChoice,
    points: readonly ChartPoint[],
    extent: { readonly least: number; readonly most: number },
): Drawn {
    const isLine = kind === "line";
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
    const names = points.map(({ label }) => cutToWidth(label, mostInLabel));
    const longest = names.reduce((most, label) => Math.max(most, label.length), 1);
    // Leave labels out so that none touches the next.
    const every = Math.max(1, Math.ceil(((longest + 2) * labelCharacter) / step));
    const labels = names.map((label, index) =>
        index % every === 0
            ? `<text class="label" x="${x(index).toFixed(1)}" y="${plot.bottom + 20}">${escapeHtml(label)}</text>`
            : "",
    );
    const marks = isLine ? buildLine(points, x, y) : buildBars(points, x, y, step);
    return { svg: grid.join("") + marks + labels.join(""), height };
}

/** Draws bars from left to right, each with its name at the left and its value at the right. */
function drawNamed(points: readonly ChartPoint[]): Drawn {
    const row = 26;
    const names = points.map(({ label }) => cutToWidth(label, mostInName));
    const left = names.reduce((most, label) => Math.max(most, label.length), 1) * labelCharacter + 12;
    const right = width - 64;
    const values = points.map(({ value }) => (isDrawable(value) ? value : 0));
    const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
    const x = (value: number): number => left + ((value - least) / (most - least || 1)) * (right - left);
    const bars = points.map(({ label, value }, index) => {
        const top = index * row;
        const name = `<text class="tick" x="${(left - 8).toFixed(1)}" y="${top + 17}">${escapeHtml(names[index] ?? "")}</text>`;
        if (!isDrawable(value)) {
            return name;
        }
        const [from, to] = [x(Math.min(0, value)), x(Math.max(0, value))];
        const bar = `<rect class="${value < 0 ? "negative" : "bar"}" x="${from.toFixed(1)}" y="${top + 3}" width="${Math.max(0.5, to - from).toFixed(1)}" height="${row - 8}"><title>${escapeHtml(`${label}: ${value}`)}</title></rect>`;
        return `${name}${bar}<text class="value" x="${(to + 6).toFixed(1)}" y="${top + 17}">${escapeHtml(formatMagnitude(value))}</text>`;
    });
    return { svg: bars.join(""), height: points.length * row };
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

/** A line through the points; missing values interrupt it. */
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
