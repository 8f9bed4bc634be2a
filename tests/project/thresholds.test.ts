import { expect, it } from "vitest";
import { parseThresholdOrNull } from "../../src/project/thresholds.js";

it.each([
    [">10", [11, 100]],
    ["!= 0", [1, 10, 11, 100]],
    ["<> 10", [0, 1, 11, 100]],
    ["=10", [10]],
    ["== 10", [10]],
    [">= 10", [10, 11, 100]],
    ["<1", [0]],
    ["<= 1", [0, 1]],
    ["between 1 and 10", [1, 10]],
])("%s is met by %j", (text, expected) => {
    const meets = parseThresholdOrNull(text);
    expect([0, 1, 10, 11, 100].filter((count) => meets?.(count))).toEqual(expected);
});

it.each(["", "10", ">", "> -1", "> 1.5", "=> 1", "between 1", "> 10 rows"])("%j is no threshold", (text) => {
    expect(parseThresholdOrNull(text)).toBeNull();
});
