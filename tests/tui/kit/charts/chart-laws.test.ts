import fc from "fast-check";
import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import { drawHistogram } from "../../../../src/tui/kit/charts/histogram.js";
import { drawHorizontalBars } from "../../../../src/tui/kit/charts/horizontal-bars.js";
import { drawLineChart } from "../../../../src/tui/kit/charts/line-chart.js";
import { drawSparkline } from "../../../../src/tui/kit/charts/sparkline.js";
import { drawVerticalBars } from "../../../../src/tui/kit/charts/vertical-bars.js";
import type { ChartPoint } from "../../../../src/text/charts/chart-values.js";
import type { TallChartOptions } from "../../../../src/tui/kit/charts/chart.js";
import { anyOptions, anyPoints } from "./arbitrary-charts.js";

type Draw = (points: readonly ChartPoint[], options: TallChartOptions) => readonly string[];

const charts: Readonly<Record<string, Draw>> = {
    "upright bars": drawVerticalBars,
    "lying bars": drawHorizontalBars,
    "a line": drawLineChart,
    "a histogram": (points, options) =>
        drawHistogram(
            points.map(({ value }) => value),
            options,
        ),
    "a sparkline": (points, options) =>
        drawSparkline(
            points.map(({ value }) => value),
            options,
        ),
};

// eslint-disable-next-line no-control-regex -- escape sequences are what this takes away
const looks = /\x1b\[[0-9;]*m/g;
// eslint-disable-next-line no-control-regex -- these are what must not reach a terminal
const controls = /[\x00-\x1f\x7f-\x9f]/;

describe.each(Object.entries(charts))("%s", (_name, draw) => {
    it("has lines of exactly the width asked for, no more than its height, and nothing that acts on a terminal", () => {
        fc.assert(
            fc.property(anyPoints, anyOptions, (points, options) => {
                const lines = draw(points, options);
                expect(lines.length).toBeGreaterThan(0);
                expect(lines.length).toBeLessThanOrEqual(options.height);
                expect(lines.map((line) => stringWidth(line))).toEqual(lines.map(() => options.width));
                expect(lines.join("")).not.toMatch(controls);
            }),
            { numRuns: 60 },
        );
    });

    it("styles without changing the picture, and draws with ASCII alone where that is all there is", () => {
        const style = (text: string, role: string): string => `\x1b[${role.length}m${text}\x1b[0m`;
        fc.assert(
            fc.property(anyPoints, anyOptions, (points, options) => {
                const numbered = points.map(({ value }, index) => ({ label: `label ${index}`, value }));
                const ascii = { ...options, isAscii: true };
                const lines = draw(numbered, ascii);
                expect(lines.join("")).toMatch(/^[ -~]*$/);
                expect(draw(numbered, { ...ascii, style }).map((line) => line.replaceAll(looks, ""))).toEqual(lines);
            }),
            { numRuns: 30 },
        );
    });
});

const levels = " ▁▂▃▄▅▆▇█";
const lengths = " ▏▎▍▌▋▊▉█";
const positive = fc.double({ min: 0, max: 1e6, noNaN: true });

function sumOf(glyphs: string, ramp: string): number {
    return Array.from(glyphs, (glyph) => Math.max(0, ramp.indexOf(glyph))).reduce((sum, level) => sum + level, 0);
}

/** Sizes in the order of values never shrink. */
function expectMonotone(values: readonly number[], sizes: readonly number[]): void {
    const inOrder = values
        .map((value, index) => ({ value, size: sizes[index] ?? NaN }))
        .sort((one, other) => one.value - other.value);
    const sorted = inOrder.map(({ size }) => size);
    expect(sorted).toEqual([...sorted].sort((one, other) => one - other));
    expect(inOrder.filter(({ value, size }) => value > 0 !== size > 0)).toEqual([]);
}

describe("the size of bars", () => {
    it("grows with the values, and is nothing for zero alone, upright", () => {
        fc.assert(
            fc.property(
                fc.array(positive, { minLength: 1, maxLength: 19 }),
                fc.integer({ min: 1, max: 40 }),
                (values, height) => {
                    // Without room for an axis at the left.
                    const lines = drawVerticalBars(
                        values.map((value) => ({ label: "", value })),
                        { width: 19, height },
                    );
                    const slot = Math.floor(19 / values.length);
                    const sizes = values.map((_, index) => {
                        const column = index * (slot === 1 ? 1 : Math.min(slot, 11));
                        return sumOf(lines.map((line) => Array.from(line)[column] ?? " ").join(""), levels);
                    });
                    expectMonotone(values, sizes);
                },
            ),
        );
    });

    it("grows with the values, and is nothing for zero alone, lying", () => {
        fc.assert(
            fc.property(
                fc.array(positive, { minLength: 1, maxLength: 19 }),
                fc.integer({ min: 20, max: 100 }),
                (values, width) => {
                    const lines = drawHorizontalBars(
                        values.map((value) => ({ label: "", value })),
                        { width, height: 20 },
                    );
                    expectMonotone(
                        values,
                        lines.map((line) => sumOf(line.replaceAll(/[^█-▏]/g, ""), lengths)),
                    );
                },
            ),
        );
    });

    it("grows with the values in a sparkline", () => {
        fc.assert(
            fc.property(fc.array(positive, { minLength: 2, maxLength: 40 }), (values) => {
                const [line = ""] = drawSparkline(values, { width: values.length });
                const inOrder = values.map((value, index) => ({ value, level: levels.indexOf(line[index] ?? "") }));
                inOrder.sort((one, other) => one.value - other.value);
                const sorted = inOrder.map(({ level }) => level);
                expect(sorted).toEqual([...sorted].sort((one, other) => one - other));
            }),
        );
    });
});
