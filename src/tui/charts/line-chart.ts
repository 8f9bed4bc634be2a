import type { ChartPoint, TallChartOptions } from "./chart.js";

/** A line in braille dots with axes. */
export function drawLineChart(points: readonly ChartPoint[], options: TallChartOptions): readonly string[] {
    void [points, options];
    return [" ".repeat(options.width)];
}
