import { expect, it } from "vitest";
import { nearestNameOrNull } from "../../src/text/nearest-name.js";

const names = ["build", "debug", "fct_orders", "mart_weekly_discounts"];

it.each([
    ["bild", "build"],
    ["BUILD", "build"],
    ["fct_order", "fct_orders"],
    ["discounts", "mart_weekly_discounts"],
    ["zzzzzz", null],
    ["x", null],
])("takes %s for %s", (given, nearest) => {
    expect(nearestNameOrNull(given, names)).toBe(nearest);
});

it("finds nothing among nothing", () => {
    expect(nearestNameOrNull("build", [])).toBeNull();
});
