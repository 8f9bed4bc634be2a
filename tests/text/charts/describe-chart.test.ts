import { describe, expect, it } from "vitest";
import type { ChartPoint, ChartValue } from "../../../src/text/charts/chart-values.js";
import { describeChart } from "../../../src/text/charts/describe-chart.js";

const labels = { labelColumn: "week", valueColumn: "amount" };

function points(...values: readonly ChartValue[]): readonly ChartPoint[] {
    return values.map((value, index) => ({ label: `week ${index + 1}`, value }));
}

function course(...values: readonly ChartValue[]): string {
    return describeChart({ kind: "bars", ...labels, points: points(...values) });
}

function ranking(...values: readonly ChartValue[]): string {
    return describeChart({ kind: "horizontal bars", ...labels, points: points(...values) });
}

function spread(...values: readonly ChartValue[]): string {
    return describeChart({ kind: "histogram", valueColumn: "amount", values });
}

describe("the sentence about a chart", () => {
    it("tells least, most, trend and last of a course", () => {
        expect(course(100, 120, 115, 140, 160)).toBe(
            "Least 100 (week 1), most 160 (week 5), rising; last 160 (week 5).",
        );
        expect(course(9000, 7000, null, 4000)).toBe(
            "Least 4k (week 4), most 9k (week 1), falling; last 4k (week 4); 1 without a value.",
        );
        expect(course(5, -5, 5, -5, 5, -5)).toBe("Least -5 (week 2), most 5 (week 1), up and down; last -5 (week 6).");
        expect(course(1, NaN, 2, 3)).toBe(
            "Least 1 (week 1), most 3 (week 4), rising; last 3 (week 4); 1 without a value.",
        );
        expect(course(-1.7e308, 0, 1.7e308)).toBe(
            "Least -1.7e308 (week 1), most 1.7e308 (week 3), rising; last 1.7e308 (week 3).",
        );
    });

    it("tells what never changes, the only value, and none", () => {
        expect(course(3, 3, null, 3)).toBe("Always 3, from week 1 to week 4; 1 without a value.");
        expect(course(3)).toBe("The only value is 3 (week 1).");
        expect(course(null, 3)).toBe("The only value of 2 is 3 (week 2).");
        expect(course(null, NaN)).toBe("None of them has a value.");
        expect(course()).toBe("There is nothing to draw.");
    });

    it("tells the ends and the middle of a ranking", () => {
        expect(ranking(900, 240, 30, 0)).toBe("Most 900 (week 1), least 0 (week 4), half of the 4 at least 135.");
        expect(ranking(900, 240, null)).toBe("Most 900 (week 1), least 240 (week 2); 1 without a value.");
        expect(ranking(7, 7)).toBe("All 2 are 7.");
    });

    it("tells how values are spread", () => {
        expect(spread(...Array.from({ length: 100 }, (_, index) => index + 1))).toBe(
            "100 values from 1 to 100; half of them from 25 to 75.",
        );
        expect(spread(4, null, 4)).toBe("Always 4, 2 times; 1 without a value.");
        expect(spread()).toBe("There is nothing to draw.");
    });

    it("makes labels safe and short", () => {
        const choice = { kind: "bars", ...labels, points: [{ label: `\x1b[31m${"x".repeat(50)}`, value: 1 }] } as const;
        expect(describeChart(choice)).toBe(`The only value is 1 (␛[31m${"x".repeat(24)}…).`);
    });
});
