import { describe, expect, it } from "vitest";
import type { ChartPoint, ChartValue } from "../../src/text/charts/chart-values.js";
import { describeHeadlineOrNull } from "../../src/browse/describe-headline.js";
import type { MartHeadline } from "../../src/browse/mart-headline.js";

function series(...points: readonly (readonly [label: string, value: ChartValue])[]): MartHeadline {
    const named = points.map(([label, value]): ChartPoint => ({ label, value }));
    const chart = { kind: "bars", labelColumn: "week", valueColumn: "amount", points: named } as const;
    return { chart, measure: null, sentence: null, rowCount: named.length, isWhole: true };
}

function spread(values: readonly ChartValue[], isWhole = true): MartHeadline {
    const chart = { kind: "histogram", valueColumn: "amount", values } as const;
    return { chart, measure: null, sentence: null, rowCount: values.length, isWhole };
}

const threeWeeks = series(["2025-03-03", 1250.5], ["2025-03-10", 1000], ["2025-03-17", 1100.25]);

describe("the headline of a mart", () => {
    it("is the newest period and its change on the one before", () => {
        const through = Date.UTC(2025, 2, 23, 23, 50);
        expect(describeHeadlineOrNull(threeWeeks, through)).toEqual({
            measure: "amount",
            value: "1,100.25",
            of: "week of 2025-03-17",
            change: "+10 % on the week before",
            rest: "",
            course: [1250.5, 1000, 1100.25],
        });
        expect(describeHeadlineOrNull(threeWeeks, null)?.of).toBe("week of 2025-03-17");
    });

    it("is of the last period that is over, and tells the one that goes on beside it", () => {
        expect(describeHeadlineOrNull(threeWeeks, Date.UTC(2025, 2, 19, 12))).toMatchObject({
            value: "1,000.00",
            of: "week of 2025-03-10",
            change: "-20 % on the week before",
            rest: "1,100.25 so far in the week of 2025-03-17",
        });
    });

    it("names periods by their length", () => {
        const nameOf = (from: string, to: string): string | undefined =>
            describeHeadlineOrNull(series([from, 1], [to, 2]), null)?.of;
        expect(nameOf("2025-03-03", "2025-03-04")).toBe("day of 2025-03-04");
        expect(nameOf("2025-02-01", "2025-03-01")).toBe("month of 2025-03-01");
        expect(nameOf("2025-01-01", "2025-04-01")).toBe("quarter of 2025-04-01");
        expect(nameOf("2024-01-01", "2025-01-01")).toBe("year of 2025-01-01");
        expect(nameOf("2025-03-03", "2025-03-06")).toBe("period of 2025-03-06");
    });

    it("says nothing of a change that cannot be told", () => {
        const changeOf = (...values: readonly ChartValue[]): string | undefined =>
            describeHeadlineOrNull(
                series(...values.map((value, week) => [`2025-03-0${week + 1}`, value] as const)),
                null,
            )?.change;
        expect(changeOf(5)).toBe("");
        expect(changeOf(0, 5)).toBe("");
        expect(changeOf(5, 5)).toBe("no change on the day before");
        expect(changeOf(-4, -5)).toBe("-25 % on the day before");
        expect(changeOf(100, 101.5)).toBe("+1.5 % on the day before");
        expect(changeOf(1, 1001)).toBe("");
        expect(changeOf(1, null, 2)).toBe("+100 % on the day before");
    });

    it("is the middle of the values where there are no periods", () => {
        expect(describeHeadlineOrNull(spread([10, 20.5, 90, null]), null)).toMatchObject({
            value: "20.5",
            of: "median of 3 rows",
            rest: "the greatest 90.0",
        });
        expect(describeHeadlineOrNull(spread([90, 80], false), null)).toMatchObject({
            value: "90",
            of: "the greatest value",
            course: [],
        });
    });

    it("is nothing without a number", () => {
        expect(describeHeadlineOrNull(spread([null]), null)).toBeNull();
        expect(describeHeadlineOrNull(series(["2025-03-03", null]), null)).toBeNull();
        const none = { kind: "none", reason: "There are no rows to draw." } as const;
        expect(
            describeHeadlineOrNull({ chart: none, measure: null, sentence: null, rowCount: 0, isWhole: true }, null),
        ).toBeNull();
    });
});
