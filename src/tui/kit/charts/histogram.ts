import type { ChartValue } from "../../../text/charts/chart-values.js";
import { countBucketsOrNull } from "../../../text/charts/count-buckets.js";
import { formatTicks } from "../../../text/charts/format-magnitude.js";
import type { TallChartOptions } from "./chart.js";
import { drawColumns } from "./columns.js";

/** How often values of each size occur, in buckets of equal width; a label stands where its bucket begins. */
export function drawHistogram(values: readonly ChartValue[], options: TallChartOptions): readonly string[] {
    const buckets = countBucketsOrNull(values, Math.min(30, Math.floor(options.width / 4)));
    const texts = formatTicks(buckets?.edges ?? []);
    return drawColumns(buckets?.counts ?? [], { textOf: (index) => texts[index] ?? "", anchor: "start" }, options);
}
