import { expect, it } from "vitest";
import { shrink } from "../../src/prove/shrink.js";

const twenty = Array.from({ length: 20 }, (_item, place) => place);

it.each([
    ["one item", (items: readonly number[]) => items.includes(13), [13]],
    ["two that are far apart", (items: readonly number[]) => items.includes(2) && items.includes(17), [2, 17]],
    ["none", () => true, []],
    ["so many", (items: readonly number[]) => items.length >= 3, [17, 18, 19]],
    // Nothing can go before 5 has gone.
    ["one after another", (items: readonly number[]) => items.includes(4) === items.includes(5), []],
])("keeps %s where that is what fails", async (_name, fails, left) => {
    expect(await shrink(twenty, (items) => Promise.resolve(fails(items)))).toEqual(left);
});
