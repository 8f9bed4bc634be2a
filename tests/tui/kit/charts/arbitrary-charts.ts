import fc from "fast-check";
import type { ChartPoint, ChartValue } from "../../../../src/text/charts/chart-values.js";
import type { TallChartOptions } from "../../../../src/tui/kit/charts/chart.js";

/** Everything a column of numbers can hold: gaps, huge and tiny magnitudes, whole numbers, zeros. */
const anyValue: fc.Arbitrary<ChartValue> = fc.oneof(
    fc.double({ min: -1000, max: 1000, noNaN: true }),
    fc.integer({ min: -100, max: 100_000 }),
    fc.double(),
    fc.constantFrom(0, null, NaN, Infinity, -Infinity, 5e-324, -5e-324, 1.7e308, -1.7e308),
);

/** Dates, and hostile texts: wide glyphs, emoji, marks, control characters. */
const anyLabel: fc.Arbitrary<string> = fc.oneof(
    fc
        .date({ min: new Date("2020-01-01"), max: new Date("2026-01-01"), noInvalidDate: true })
        .map((date) => date.toISOString().slice(0, 10)),
    fc.string({ unit: "grapheme", maxLength: 40 }),
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.constantFrom(
        "日本語のラベル",
        "👩‍👩‍👧 family",
        "e\u0301\u0301",
        "\x1b[31mred\x1b[0m",
        "a\nb\tc",
        "\u202eright",
        "x".repeat(5000),
        "",
    ),
);

export const anyPoints: fc.Arbitrary<readonly ChartPoint[]> = fc.oneof(
    fc.array(fc.record({ label: anyLabel, value: anyValue }), { maxLength: 40 }),
    fc.array(fc.record({ label: fc.constant("2025-03-03"), value: anyValue }), { minLength: 300, maxLength: 400 }),
);

export const anyOptions: fc.Arbitrary<TallChartOptions> = fc.record({
    width: fc.integer({ min: 1, max: 300 }),
    height: fc.integer({ min: 1, max: 60 }),
    isAscii: fc.boolean(),
});
