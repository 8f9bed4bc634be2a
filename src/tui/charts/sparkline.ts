import type { ChartOptions, ChartValue } from "./chart.js";

/** One line of eighth blocks, the newest values at its right end. */
export function drawSparkline(values: readonly ChartValue[], options: ChartOptions): readonly string[] {
    void [values, options];
    return [" ".repeat(options.width)];
}
