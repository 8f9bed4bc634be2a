import type { ChartValue } from "../../../text/charts/chart-values.js";
import { countBucketsOrNull } from "../../../text/charts/count-buckets.js";
import { formatTicks } from "../../../text/charts/format-magnitude.js";
import type { TallChartOptions } from "./chart.js";
import { drawColumns } from "./columns.js";

/** How many values fall into each of several buckets of equal width; the label is the bucket's lower edge. */
export function drawHistogram(values: readonly ChartValue[], options: TallChartOptions): readonly string[] {
    const buckets = countBucketsOrNull(values, Math.min(30, Math.floor(options.width / 4)));
    const texts = formatTicks(buckets?.edges ?? []);
    return drawColumns(buckets?.counts ?? [], { textOf: (index) => texts[index] ?? "", anchor: "start" }, options);
}
