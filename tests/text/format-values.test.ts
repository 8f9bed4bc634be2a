import { expect, it } from "vitest";
import { formatCount, formatDuration, formatQuantity, formatRowCounts } from "../../src/text/format-values.js";

it.each([
    [0, "0.0 s"],
    [940, "0.9 s"],
    [9_949, "9.9 s"],
    [9_960, "10 s"],
    [59_600, "1 min 0 s"],
    [185_000, "3 min 5 s"],
    [7_470_000, "2 h 4 min"],
])("writes %i ms as %s", (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
});

it("separates thousands and agrees in number", () => {
    expect([formatCount(999), formatCount(1000), formatCount(1234567)]).toEqual(["999", "1,000", "1,234,567"]);
    expect([formatQuantity(1, "row"), formatQuantity(0, "row"), formatQuantity(2, "entity", "entities")]).toEqual([
        "1 row",
        "0 rows",
        "2 entities",
    ]);
    expect(formatRowCounts({ inserted: 1200, updated: 3, deleted: 0, unchanged: 7 })).toBe("+1,200 ~3 -0 =7");
});
