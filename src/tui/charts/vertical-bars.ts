import type { ChartPoint, TallChartOptions } from "./chart.js";

/** A bar for each point, side by side, as for weeks: the newest at the right. */
export function drawVerticalBars(points: readonly ChartPoint[], options: TallChartOptions): readonly string[] {
    void [points, options];
    return [" ".repeat(options.width)];
}
