import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { extentOrNull, readNumber, readTime } from "../../../src/text/charts/chart-values.js";
import { countBucketsOrNull } from "../../../src/text/charts/count-buckets.js";
import { formatMagnitude, formatTicks } from "../../../src/text/charts/format-magnitude.js";
import { makeScale, placeOn } from "../../../src/text/charts/nice-scale.js";

describe("formatMagnitude", () => {
    it.each([
        [0, "0"],
        [-0, "0"],
        [0.05, "0.05"],
        [0.12345, "0.123"],
        [7, "7"],
        [812.33, "812"],
        [999.4, "999"],
        [999.5, "1k"],
        [12_345, "12.3k"],
        [-1_250_000, "-1.25M"],
        [999_950, "1M"],
        [3.2e9, "3.2B"],
        [7.1e13, "71T"],
        [1e18, "1e18"],
        [-1.7e308, "-1.7e308"],
        [0.00012, "1.2e-4"],
        [5e-324, "4.9e-324"],
    ])("writes %d as %s", (value, text) => {
        expect(formatMagnitude(value)).toBe(text);
    });

    it("is short and keeps three digits", () => {
        const units: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, B: 1e9, T: 1e12 };
        fc.assert(
            fc.property(fc.double({ min: 0.001, max: 9e14, noNaN: true }), (value) => {
                const text = formatMagnitude(value);
                const number = Number(text.replace(/[kMBT]$/, "")) * (units[text.at(-1) ?? ""] ?? 1);
                expect(text.length).toBeLessThanOrEqual(7);
                expect(Math.abs(number - value) / value).toBeLessThan(0.006);
            }),
        );
    });
});

describe("makeScale", () => {
    it("counts in round steps around all values", () => {
        expect(makeScale(0, 1310, 4)).toEqual({ low: 0, high: 1500, ticks: [0, 500, 1000, 1500] });
        expect(makeScale(-3, 4, 5).ticks).toEqual([-4, -2, 0, 2, 4]);
        expect(makeScale(21, 30, 4).ticks).toEqual([20, 25, 30]);
        expect(makeScale(0.1, 0.3, 5).ticks).toEqual([0.1, 0.15, 0.2, 0.25, 0.3]);
        expect(makeScale(0, 3, 7, true).ticks).toEqual([0, 1, 2, 3]);
        expect(makeScale(0, 7, 4, true).ticks).toEqual([0, 5, 10]);
        expect(makeScale(5, 5, 4).ticks).toEqual([0, 2, 4, 6]);
        expect(makeScale(0, 0, 3).ticks).toEqual([0, 0.5, 1]);
        const [least, most] = [1.7976931348623083e308, 1.7976931348623085e308];
        expect(makeScale(least, most, 3).ticks).toEqual([least, most]);
    });

    it("holds its values, rises, and has no more numbers than asked for, whatever the magnitudes", () => {
        const anyNumber = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer());
        fc.assert(
            fc.property(
                anyNumber,
                anyNumber,
                fc.integer({ min: 2, max: 9 }),
                fc.boolean(),
                (one, other, most, isWhole) => {
                    const { low, high, ticks } = makeScale(Math.min(one, other), Math.max(one, other), most, isWhole);
                    expect(low).toBeLessThanOrEqual(Math.min(one, other));
                    expect(high).toBeGreaterThanOrEqual(Math.max(one, other));
                    expect(ticks.length).toBeLessThanOrEqual(most);
                    expect([ticks[0], ticks.at(-1)]).toEqual([low, high]);
                    expect(ticks.slice(1).filter((tick, index) => !(tick > (ticks[index] ?? Infinity)))).toEqual([]);
                    for (const tick of ticks) {
                        expect(placeOn({ low, high }, tick)).toBeGreaterThanOrEqual(0);
                        expect(placeOn({ low, high }, tick)).toBeLessThanOrEqual(1);
                    }
                },
            ),
        );
    });

    it("has numbers that are told apart in the same unit", () => {
        expect(formatTicks([0, 500, 1000, 1500])).toEqual(["0", "0.5k", "1.0k", "1.5k"]);
        expect(formatTicks([-0.5, 0, 0.5])).toEqual(["-0.5", "0", "0.5"]);
        expect(formatTicks([20, 22.5, 25])).toEqual(["20.0", "22.5", "25.0"]);
        fc.assert(
            fc.property(
                fc.double({ min: -1e9, max: 1e9, noNaN: true }),
                fc.double({ min: 0.01, max: 1e9, noNaN: true }),
                (least, span) => {
                    // A span that is lost beside its place has no axis to speak of.
                    fc.pre(span > Math.abs(least) / 10_000);
                    const texts = formatTicks(makeScale(least, least + span, 6).ticks);
                    expect(new Set(texts).size).toBe(texts.length);
                },
            ),
        );
    });
});

describe("reading PostgreSQL's text", () => {
    it("takes numbers, and what has no place in a drawing for a gap", () => {
        expect(["12.50", "-3", "1e5", "NaN", "Infinity", "-Infinity", "", "  ", "x", null].map(readNumber)).toEqual([
            12.5,
            -3,
            100_000,
            ...Array.from({ length: 7 }, () => null),
        ]);
        expect(readNumber("9".repeat(400))).toBeNull();
    });

    it("takes dates and times in any zone, and infinity and years before Christ for a gap", () => {
        expect(readTime("2024-11-25")).toBe(Date.UTC(2024, 10, 25));
        expect(readTime("2024-11-25 10:15:00")).toBe(Date.UTC(2024, 10, 25, 10, 15));
        expect(readTime("2024-11-25 10:15:00.25+00")).toBe(Date.UTC(2024, 10, 25, 10, 15, 0, 250));
        expect(readTime("2024-11-25 10:15:00+05:30")).toBe(Date.UTC(2024, 10, 25, 4, 45));
        expect(readTime("10000-01-01")).toBe(Date.UTC(10_000, 0, 1));
        expect(["infinity", "-infinity", "0044-03-15 BC", "x", null].map(readTime)).toEqual(
            Array.from({ length: 5 }, () => null),
        );
    });

    it("finds the least and the greatest of many", () => {
        expect(extentOrNull([3, null, -1, NaN, Infinity, 7])).toEqual({ least: -1, most: 7 });
        expect(extentOrNull([null, NaN])).toBeNull();
        expect(extentOrNull(Array.from({ length: 500_000 }, (_, index) => index))).toEqual({ least: 0, most: 499_999 });
    });
});

describe("countBucketsOrNull", () => {
    it("counts every value once, the greatest in the last bucket", () => {
        expect(countBucketsOrNull([0, 1, 2, 5, 9, 10, null], 5)).toEqual({
            edges: [0, 2, 4, 6, 8, 10],
            counts: [2, 1, 1, 0, 2],
        });
        expect(countBucketsOrNull([null], 5)).toBeNull();
        fc.assert(
            fc.property(fc.array(fc.double(), { maxLength: 200 }), fc.integer({ min: 1, max: 30 }), (values, most) => {
                const buckets = countBucketsOrNull(values, most);
                const counts = buckets?.counts ?? [];
                expect(counts.reduce((sum, count) => sum + count, 0)).toBe(values.filter(Number.isFinite).length);
                expect(counts.length).toBeLessThanOrEqual(most);
                expect(buckets?.edges.length ?? 1).toBe(counts.length + 1);
            }),
        );
    });
});
