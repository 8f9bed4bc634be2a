import { extentOrNull, isDrawable, type ChartValue } from "../../../text/charts/chart-values.js";
import { formatMagnitude } from "../../../text/charts/format-magnitude.js";
import type { AxisLabel } from "./axis-labels.js";
import { drawBar, measureBar } from "./blocks.js";
import { makeCanvas, type Canvas } from "./canvas.js";
import type { TallChartOptions } from "./chart.js";
import { layOutPlot, putAxes, rowOf, type Plot } from "./plot.js";

/** Wider bars look like boxes. */
const widestBar = 10;

export interface ColumnLabels {
    /** The label of a value by its index. */
    readonly textOf: (index: number) => string;
    /** Below the middle of a bar, or from where the bar begins. */
    readonly anchor: AxisLabel["anchor"];
}

/** Upright bars from zero, side by side; only the last values when there are more values than cells. */
export function drawColumns(
    values: readonly ChartValue[],
    labels: ColumnLabels,
    options: TallChartOptions,
): readonly string[] {
    const canvas = makeCanvas(options.height, options);
    const known = values.filter(isDrawable);
    const { least, most } = extentOrNull(known) ?? { least: 0, most: 0 };
    const extent = { least: Math.min(0, least), most: Math.max(0, most), isWhole: known.every(Number.isInteger) };
    const hasNumbers = hasRoomForNumbers(values, options);
    const plot = layOutPlot({ ...extent, top: hasNumbers ? 1 : 0, wantsTicks: !hasNumbers }, options);
    const slots = layOutSlots(values.length, plot.width);
    const isAscii = options.isAscii === true;
    const shown = values.slice(slots.from);
    const texts = shown.map((_, index): AxisLabel => {
        const middle = labels.anchor === "start" ? 0 : Math.floor((slots.barWidth - 1) / 2);
        return {
            text: labels.textOf(slots.from + index),
            at: index * slots.slot + middle,
            anchor: labels.anchor,
        };
    });
    putAxes(canvas, plot, texts, { isAscii, isCut: slots.from > 0 });
    for (const [index, value] of shown.entries()) {
        const column = plot.left + index * slots.slot;
        putBar(canvas, plot, value, { column, barWidth: slots.barWidth, isAscii, hasNumbers });
    }
    return canvas.toLines();
}

interface Slots {
    /** Index of the first value shown. */
    readonly from: number;
    /** Cells from the start of a bar to the start of the next. */
    readonly slot: number;
    readonly barWidth: number;
}

function layOutSlots(count: number, width: number): Slots {
    const shown = Math.min(count, width);
    const slot = shown === 0 ? 1 : Math.floor(width / shown);
    const gap = slot === 1 ? 0 : 1;
    const barWidth = Math.min(widestBar, slot - gap);
    return { from: count - shown, slot: barWidth + gap, barWidth };
}

/** Numbers above the bars replace the axis when each of them fits and no value is negative. */
function hasRoomForNumbers(values: readonly ChartValue[], { width, height }: TallChartOptions): boolean {
    const { slot } = layOutSlots(values.length, width);
    return (
        height >= 6 &&
        values.every((value) => !isDrawable(value) || (value >= 0 && formatMagnitude(value).length < slot))
    );
}

interface BarPlace {
    readonly column: number;
    readonly barWidth: number;
    readonly isAscii: boolean;
    readonly hasNumbers: boolean;
}

function putBar(
    canvas: Canvas,
    plot: Plot,
    value: ChartValue,
    { column, barWidth, isAscii, hasNumbers }: BarPlace,
): void {
    const { scale, top, height } = plot;
    const put = (row: number, text: string, role: "bar" | "negative" | "value" | "empty"): void => {
        canvas.put(top + row, column + Math.floor((barWidth - text.length) / 2), text, role);
    };
    // Zero lies between two rows, so that bars begin with whole cells; each direction has at least one row.
    const isBoth = scale.low < 0 && scale.high > 0 && height > 1;
    const zero = isBoth ? Math.max(1, Math.min(height - 1, rowOf(plot, 0))) : rowOf(plot, 0);
    if (!isDrawable(value)) {
        put(Math.min(height - 1, zero), isAscii ? "-" : "·", "empty");
        return;
    }
    const isDown = value < 0;
    const length = measureBar(value, scale, height);
    const bar = drawBar(Math.min(length, (isDown ? height - zero : zero) * 8), isDown ? "down" : "up", isAscii);
    for (const [cell, glyph] of bar.entries()) {
        put(isDown ? zero + cell : zero - 1 - cell, glyph.repeat(barWidth), isDown ? "negative" : "bar");
    }
    if (hasNumbers) {
        put(zero - 1 - bar.length, formatMagnitude(value), "value");
    }
}
