import type { ChartPoint } from "../../../text/charts/chart-values.js";
import type { TallChartOptions } from "./chart.js";
import { drawColumns } from "./columns.js";

/** A bar for each point, side by side, as for weeks: the newest at the right; of more points than cells the newest ones. */
export function drawVerticalBars(points: readonly ChartPoint[], options: TallChartOptions): readonly string[] {
    const textOf = (index: number): string => points[index]?.label ?? "";
    return drawColumns(
        points.map(({ value }) => value),
        { textOf, anchor: "middle" },
        options,
    );
}
