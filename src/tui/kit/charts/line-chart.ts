import { extentOrNull, isDrawable, type ChartPoint } from "../../../text/charts/chart-values.js";
import { placeOn } from "../../../text/charts/nice-scale.js";
import { makeCanvas } from "./canvas.js";
import type { TallChartOptions } from "./chart.js";
import { makeDots, setLine } from "./dots.js";
import { layOutPlot, putAxes } from "./plot.js";

/** A line in Braille dots with axes, through all points even if there are more than cells; a missing value interrupts it. */
export function drawLineChart(points: readonly ChartPoint[], options: TallChartOptions): readonly string[] {
    const canvas = makeCanvas(options.height, options);
    const isAscii = options.isAscii === true;
    const known = points.map(({ value }) => value).filter(isDrawable);
    const plot = layOutPlot({ ...rangeOf(known), isWhole: known.every(Number.isInteger) }, options);
    const dots = makeDots(plot.width, plot.height, isAscii);
    const xOf = (index: number): number =>
        points.length === 1
            ? Math.floor((dots.width - 1) / 2)
            : Math.round((index / (points.length - 1)) * (dots.width - 1));
    const labels = points.map(({ label }, index) => ({
        text: label,
        at: Math.floor((xOf(index) / dots.width) * plot.width),
        anchor: "middle" as const,
    }));
    putAxes(canvas, plot, labels, { isAscii, isCut: false });
    let before: readonly [number, number] | null = null;
    for (const [index, { value }] of points.entries()) {
        const here = isDrawable(value)
            ? ([xOf(index), Math.round((1 - placeOn(plot.scale, value)) * (dots.height - 1))] as const)
            : null;
        if (here !== null) {
            setLine(dots, before ?? here, here);
        }
        before = here;
    }
    for (let row = 0; row < plot.height; row++) {
        for (let column = 0; column < plot.width; column++) {
            const glyph = dots.glyphAt(row, column);
            if (glyph !== null) {
                canvas.put(plot.top + row, plot.left + column, glyph, "line");
            }
        }
    }
    return canvas.toLines();
}

/** The range starts at zero unless that would flatten the line to half of the height or less. */
function rangeOf(known: readonly number[]): { readonly least: number; readonly most: number } {
    const { least, most } = extentOrNull(known) ?? { least: 0, most: 1 };
    if (least > 0) {
        return { least: least < most / 2 ? 0 : least, most };
    }
    return most < 0 ? { least, most: most > least / 2 ? 0 : most } : { least, most };
}
