import { extentOrNull, isDrawable, type ChartPoint } from "../../../text/charts/chart-values.js";
import { formatCount } from "../../../text/format-values.js";
import { formatMagnitude } from "../../../text/charts/format-magnitude.js";
import { makeVisible, widthOf } from "../../../text/visible-text.js";
import { shareOf } from "../../../text/charts/nice-scale.js";
import { cutLabel } from "./axis-labels.js";
import { drawBar, measureBar } from "./blocks.js";
import { makeCanvas, type Canvas } from "./canvas.js";
import type { TallChartOptions } from "./chart.js";

/** A line for each point: label, bar in eighth blocks, value. When points do not fit, the last line says how many. */
export function drawHorizontalBars(points: readonly ChartPoint[], options: TallChartOptions): readonly string[] {
    const { width, height } = options;
    const isAscii = options.isAscii === true;
    const isCut = points.length > height && height > 1;
    const shown = points.slice(0, isCut ? height - 1 : height);
    const lines = shown.map(({ label, value }) => ({
        label: makeVisible(label.slice(0, width * 20)),
        value,
        text: isDrawable(value) ? formatMagnitude(value) : isAscii ? "-" : "∅",
    }));
    const places = layOutBars(
        Math.max(0, ...lines.map(({ label }) => widthOf(label))),
        Math.max(0, ...lines.map(({ text }) => widthOf(text))),
        width,
    );
    const canvas = makeCanvas(Math.max(1, lines.length + (isCut ? 1 : 0)), options);
    const { least, most } = extentOrNull(points.map(({ value }) => value)) ?? { least: 0, most: 0 };
    const low = Math.min(0, least);
    const high = Math.max(0, most);
    for (const [row, { label, value, text }] of lines.entries()) {
        canvas.put(row, 0, cutLabel(label, places.labelWidth, isAscii), "label");
        canvas.put(row, width - widthOf(text), text, "value");
        putBar(canvas, row, value, { ...places, low, high, isAscii });
    }
    if (isCut) {
        const rest = `${isAscii ? "..." : "…"} ${formatCount(points.length - shown.length)} more`;
        canvas.put(lines.length, 0, cutLabel(rest, width, isAscii), "label");
    }
    return canvas.toLines();
}

interface BarPlaces {
    readonly labelWidth: number;
    readonly barStart: number;
    readonly barWidth: number;
}

/** Gives the width to the numbers first, then up to half of the rest to the labels, then to the bars. */
function layOutBars(longestLabel: number, valueWidth: number, width: number): BarPlaces {
    const rest = Math.max(0, width - valueWidth - 2);
    const labelWidth = Math.min(longestLabel, Math.max(Math.floor(rest / 2), Math.min(rest, 8)));
    return { labelWidth, barStart: labelWidth + 1, barWidth: Math.max(0, rest - labelWidth) };
}

function putBar(
    canvas: Canvas,
    row: number,
    value: ChartPoint["value"],
    {
        barStart,
        barWidth,
        low,
        high,
        isAscii,
    }: BarPlaces & { readonly low: number; readonly high: number; readonly isAscii: boolean },
): void {
    if (!isDrawable(value)) {
        return;
    }
    const isBoth = low < 0 && high > 0 && barWidth > 1;
    const place = Math.round(shareOf(-low, { low, high }) * barWidth);
    const zero = isBoth ? Math.max(1, Math.min(barWidth - 1, place)) : low < 0 ? barWidth : 0;
    const isBack = value < 0;
    const length = Math.min(measureBar(value, { low, high }, barWidth), (isBack ? zero : barWidth - zero) * 8);
    for (const [cell, glyph] of drawBar(length, isBack ? "left" : "right", isAscii).entries()) {
        canvas.put(row, barStart + (isBack ? zero - 1 - cell : zero + cell), glyph, isBack ? "negative" : "bar");
    }
}
