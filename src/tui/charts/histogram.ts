import type { ChartValue, TallChartOptions } from "./chart.js";

/** How often values of each size occur, in buckets of equal width. */
export function drawHistogram(values: readonly ChartValue[], options: TallChartOptions): readonly string[] {
    void [values, options];
    return [" ".repeat(options.width)];
}
