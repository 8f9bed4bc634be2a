import type { ChartPoint, TallChartOptions } from "./chart.js";

/** A line for each point: label, bar in eighth blocks, value. */
export function drawHorizontalBars(points: readonly ChartPoint[], options: TallChartOptions): readonly string[] {
    void [points, options];
    return [" ".repeat(options.width)];
}
