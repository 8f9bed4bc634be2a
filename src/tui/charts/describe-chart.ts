import type { ChartPoint } from "./chart.js";

/** The chart in one sentence: least, most, trend, last. */
export function describeChart(points: readonly ChartPoint[]): string {
    return `${points.length} values.`;
}
