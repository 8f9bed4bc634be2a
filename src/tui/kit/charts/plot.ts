import { formatTicks } from "../../../text/charts/format-magnitude.js";
import { makeScale, placeOn, type Scale } from "../../../text/charts/nice-scale.js";
import { widthOf } from "../../../text/visible-text.js";
import { placeLabels, type AxisLabel } from "./axis-labels.js";
import type { Canvas } from "./canvas.js";
import type { TallChartOptions } from "./chart.js";

/** The area of the drawing itself, between its axes. */
export interface Plot {
    readonly scale: Scale;
    readonly top: number;
    readonly left: number;
    readonly width: number;
    readonly height: number;
    readonly hasAxis: boolean;
    readonly hasLabels: boolean;
}

export interface PlotNeeds {
    readonly least: number;
    readonly most: number;
    /** The axis shows whole numbers only. */
    readonly isWhole: boolean;
    /** Rows to leave free above the drawing. */
    readonly top?: number;
    /** Whether to draw an axis of round numbers at the left when it fits; without it the values fill the plot. */
    readonly wantsTicks?: boolean;
}

/** Narrower charts have no axis at the left. */
const leastWidthForTicks = 20;

/** Divides the space between the drawing, the numbers at its left and the labels below it. */
export function layOutPlot(
    { least, most, isWhole, top = 0, wantsTicks = true }: PlotNeeds,
    { width, height }: TallChartOptions,
): Plot {
    const hasLabels = height >= 3;
    const hasAxis = height >= 5;
    const rows = height - top - (hasLabels ? 1 : 0) - (hasAxis ? 1 : 0);
    const scale = wantsTicks
        ? trimTop(makeScale(least, most, Math.max(3, Math.min(8, Math.floor(rows / 2) + 2)), isWhole), most)
        : { low: least, high: least === most ? least + 1 : most, ticks: [least, most] };
    const gutter = Math.max(...formatTicks(scale.ticks).map(widthOf)) + 1;
    const hasTicks = wantsTicks && hasAxis && width >= leastWidthForTicks && gutter <= width / 3;
    const left = hasTicks ? gutter : 0;
    return { scale, top, left, width: width - left, height: rows, hasAxis, hasLabels };
}

/** Ends the axis at the greatest value instead of the round number above it, so that the drawing fills the height. */
function trimTop(scale: Scale, most: number): Scale {
    const ticks = scale.ticks.filter((tick) => tick <= most);
    return ticks.length < 2 || most <= scale.low ? scale : { low: scale.low, high: most, ticks };
}

/** The value's edge between rows: 0 is the top edge of the plot, `plot.height` its bottom edge. */
export function rowOf(plot: Plot, value: number): number {
    return plot.height - Math.round(placeOn(plot.scale, value) * plot.height);
}

interface AxesOptions {
    readonly isAscii: boolean;
    /** There are more values to the left that do not fit. */
    readonly isCut: boolean;
}

/** Draws the axes and labels around the plot. */
export function putAxes(
    canvas: Canvas,
    plot: Plot,
    labels: readonly AxisLabel[],
    { isAscii, isCut }: AxesOptions,
): void {
    const { top, left, width, height, hasAxis, hasLabels } = plot;
    const bottom = top + height;
    if (hasAxis) {
        canvas.put(bottom, left, (isAscii ? "-" : "─").repeat(width), "axis");
    }
    if (left > 0) {
        putTicks(canvas, plot, isAscii);
    }
    if (isCut && hasAxis) {
        canvas.put(bottom, left, isAscii ? "<" : "…", "label");
    }
    if (hasLabels) {
        for (const { text, column } of placeLabels(labels, width, isAscii)) {
            canvas.put(bottom + (hasAxis ? 1 : 0), left + column, text, "label");
        }
    }
}

function putTicks(canvas: Canvas, plot: Plot, isAscii: boolean): void {
    const { scale, top, left, height } = plot;
    for (let row = 0; row < height; row++) {
        canvas.put(top + row, left - 1, isAscii ? "|" : "│", "axis");
    }
    canvas.put(top + height, left - 1, isAscii ? "+" : "└", "axis");
    const taken = new Set<number>();
    for (const [index, text] of formatTicks(scale.ticks).entries()) {
        const row = rowOf(plot, scale.ticks[index] ?? 0);
        if (!taken.has(row)) {
            taken.add(row);
            canvas.put(top + row, left - 1 - widthOf(text), text, "label");
            canvas.put(top + row, left - 1, isAscii ? "+" : row === height ? "└" : "┤", "axis");
        }
    }
}
