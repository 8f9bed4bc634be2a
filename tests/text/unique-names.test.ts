import { expect, it } from "vitest";
import { uniqueNames } from "../../src/text/unique-names.js";

it.each([
    [
        ["a", "b"],
        ["a", "b"],
    ],
    [
        ["total", "total", "total"],
        ["total", "total_2", "total_3"],
    ],
    [
        ["a", "a", "a_2"],
        ["a", "a_3", "a_2"],
    ],
    [
        ["a_2", "a", "a", "a_2"],
        ["a_2", "a", "a_3", "a_2_2"],
    ],
    [
        ["?column?", "?column?"],
        ["?column?", "?column?_2"],
    ],
])("gives the columns %j the names %j", (names, unique) => {
    expect(uniqueNames(names.map((name) => ({ name })))).toEqual(unique);
});
