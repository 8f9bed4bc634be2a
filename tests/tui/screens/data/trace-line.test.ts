import { expect, it } from "vitest";
import { formatTraceLine, type TraceTrail } from "../../../../src/tui/screens/data/trace-line.js";
import { makeTheme } from "../../../../src/tui/kit/theme.js";
import { plainLine } from "../../plain-line.js";

const trail: TraceTrail = {
    before: ["mart_weekly_discounts", "fct_order_items"],
    here: ["int_order_items", "dim_product", "fct_orders"],
    chosen: 1,
};
const format = (of: TraceTrail, width: number, isAscii = false): string =>
    plainLine(formatTraceLine(of, width, makeTheme("mono", isAscii))).trimEnd();

it("shows the way, and what is beside the rows with the key to it", () => {
    expect(format(trail, 120)).toBe(
        "mart_weekly_discounts › fct_order_items ›  int_order_items [dim_product] fct_orders   ] shows the next of 3",
    );
    expect(format({ before: ["a\u001bb"], here: ["orders"], chosen: 0 }, 60)).toBe("a␛b › [orders]");
    expect(format({ ...trail, before: [] }, 60, true)).toBe(" int_order_items [dim_product] fct_orders  ] next");
});

it("gives up the beginning of the way first", () => {
    expect(format(trail, 79)).toBe("… › fct_order_items ›  int_order_items [dim_product] fct_orders  ] next");
    expect(format(trail, 70)).toBe("… › fct_order_items ›  int_order_items [dim_product] fct_orders");
    expect(format(trail, 50, true)).toBe(". >  int_order_items [dim_product] fct_orders");
});
