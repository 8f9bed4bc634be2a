import { extentOrNull, isDrawable, type ChartValue } from "../../../text/charts/chart-values.js";
import { placeOn } from "../../../text/charts/nice-scale.js";
import { makeCanvas } from "./canvas.js";
import type { ChartOptions } from "./chart.js";

const blocks = "▁▂▃▄▅▆▇█";
const asciiBlocks = "_.-=+*#@";

/** One line of eighth blocks, scaled from the least value to the greatest, the newest at the right; missing values stay blank. */
export function drawSparkline(values: readonly ChartValue[], options: ChartOptions): readonly string[] {
    const shown = values.slice(Math.max(0, values.length - options.width));
    const { least, most } = extentOrNull(shown) ?? { least: 0, most: 0 };
    const glyphs = options.isAscii === true ? asciiBlocks : blocks;
    const canvas = makeCanvas(1, options);
    for (const [index, value] of shown.entries()) {
        if (isDrawable(value)) {
            // Values that are all the same have the lowest block if they are zero, else a middle one.
            const place = least === most ? (value === 0 ? 0 : 0.5) : placeOn({ low: least, high: most }, value);
            const glyph = glyphs[Math.min(7, Math.floor(place * 8))] ?? " ";
            canvas.put(0, options.width - shown.length + index, glyph, "bar");
        }
    }
    return canvas.toLines();
}
