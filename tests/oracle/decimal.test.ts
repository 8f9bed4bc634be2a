import { expect, test } from "vitest";
import {
    averageOrNull,
    divide,
    formatDecimal,
    fromFloat,
    parseDecimal,
    percentileOrNull,
    round,
    type Decimal,
} from "./decimal.js";

const format = (value: Decimal | null): string | null => (value === null ? null : formatDecimal(value));

test("rounds half away from zero", () => {
    const rounded = ["0.005", "-0.005", "1.0049", "2.5", "-12.345"].map((text) => format(round(parseDecimal(text), 2)));
    expect(rounded).toEqual(["0.01", "-0.01", "1", "2.5", "-12.35"]);
});

test("keeps 15 significant digits of a float", () => {
    expect([69.10898026830645, 1 / 3, 1e-7, 1e20, -0, Number.NaN, Infinity, null].map(fromFloat).map(format)).toEqual([
        "69.1089802683065",
        "0.333333333333333",
        "0.0000001",
        "100000000000000000000",
        "0",
        null,
        null,
        null,
    ]);
});

// The quotients that PostgreSQL 15 prints.
test.each([
    ["1", "3", "0.33333333333333333333"],
    ["7.000000", "3600", "0.00194444444444444444"],
    ["3601.000000", "3600", "1.0002777777777778"],
    ["86461.000000", "3600", "24.0169444444444444"],
    ["-1.000000", "3600", "-0.00027777777777777778"],
    ["100000000", "7", "14285714.285714285714"],
    ["0", "3", "0.00000000000000000000"],
])("divides %s by %s as PostgreSQL does", (left, right, quotient) => {
    const { units, scale } = divide(parseDecimal(left), parseDecimal(right));
    expect({ units, scale }).toEqual(parseDecimal(quotient));
});

test("averages and interpolates", () => {
    const hours = ["3", "1", "2.5", "2"].map(parseDecimal);
    expect(format(averageOrNull(hours))).toBe("2.125");
    expect(percentileOrNull(hours, 0.5)).toBe(2.25);
    expect(percentileOrNull(hours, 0.9)).toBeCloseTo(2.85, 12);
    expect([averageOrNull([]), percentileOrNull([], 0.5)]).toEqual([null, null]);
});
