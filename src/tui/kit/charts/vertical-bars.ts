import type { ChartPoint } from "../../../text/charts/chart-values.js";
import type { TallChartOptions } from "./chart.js";
import { drawColumns } from "./columns.js";

/** A bar for each point, the newest at the right; only the newest when there are more points than cells. */
export function drawVerticalBars(points: readonly ChartPoint[], options: TallChartOptions): readonly string[] {
    const textOf = (index: number): string => points[index]?.label ?? "";
    return drawColumns(
        points.map(({ value }) => value),
        { textOf, anchor: "middle" },
        options,
    );
}
