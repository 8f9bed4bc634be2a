import { expect, test } from "vitest";
import { describeDifference } from "./compare.js";

test("describes missing, differing, unexpected and repeated rows by key", () => {
    const expected = [
        { order_id: "1", status: "PAID" },
        { order_id: "2", status: "PAID" },
    ];
    const actual = [
        { order_id: "2", status: null },
        { order_id: "3", status: "PAID" },
        { order_id: "3", status: "PAID" },
    ];
    expect(describeDifference("fct_orders", actual, expected).split("\n")).toEqual([
        "fct_orders: 3 rows, 2 expected",
        "  1 rows repeat a order_id",
        '  missing: {"order_id":"1","status":"PAID"}',
        '  order_id "2": status is null, not "PAID"',
        '  unexpected: {"order_id":"3","status":"PAID"}',
    ]);
    expect(describeDifference("fct_orders", expected, [...expected].reverse())).toBe("");
});
