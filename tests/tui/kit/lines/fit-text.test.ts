import { expect, it } from "vitest";
import { wrapTextTo } from "../../../../src/tui/kit/lines/fit-text.js";

it("shows as many lines as fit and says that there are more", () => {
    const text = "every order has a customer that is known";
    expect(wrapTextTo(text, 16, 3)).toEqual(["every order has", "a customer that", "is known"]);
    expect(wrapTextTo(text, 16, 2)).toEqual(["every order has", "a customer that…"]);
    expect(wrapTextTo(text, 15, 2)).toEqual(["every order has", "a customer tha…"]);
    expect(wrapTextTo(text, 15, 0)).toEqual([]);
});
