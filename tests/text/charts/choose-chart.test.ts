import { describe, expect, it } from "vitest";
import { chooseChart, listCharts, type ChartChoice } from "../../../src/text/charts/choose-chart.js";
import type { ChartColumn } from "../../../src/text/charts/rank-measures.js";
import { typeIds } from "../../../src/text/column-types.js";

const date = 1082;
const timestamp = 1114;

function column(name: string, typeId: number, comment: string | null = null): ChartColumn {
    return { name, typeId, comment };
}

function nameChoice(choice: ChartChoice): string {
    switch (choice.kind) {
        case "none":
            return choice.reason;
        case "histogram":
            return `histogram of ${choice.valueColumn}`;
        case "bars":
        case "line":
        case "horizontal bars":
            return `${choice.kind}: ${choice.valueColumn} by ${choice.labelColumn}`;
    }
}

describe("the marts", () => {
    it("shows the discount week by week as bars", () => {
        const columns = [
            column("week_start", date, "Monday of the week of placement, UTC."),
            column("order_count", typeIds.bigint, "Orders with at least one line."),
            column("gross_amount", typeIds.numeric, "What they cost at list price."),
            column("discount_amount", typeIds.numeric, "Discount given."),
            column("net_amount", typeIds.numeric, "Gross less discount."),
            column(
                "implied_discount_amount",
                typeIds.numeric,
                "Gross less recorded: the discount if the recorded prices were right.",
            ),
        ];
        const rows = [
            ["2024-12-02", "139", "29911.20", "790.04", "29121.16", "1.00"],
            ["2024-11-25", "148", "31204.50", "812.33", "30392.17", "2.00"],
        ];
        const about =
            "How much discount do we give, week by week? Grain: one row per week in which an order with at least one line was placed.";
        const charts = listCharts(columns, rows, about);
        expect(charts[0]).toEqual({
            kind: "bars",
            labelColumn: "week_start",
            valueColumn: "discount_amount",
            points: [
                { label: "2024-11-25", value: 812.33 },
                { label: "2024-12-02", value: 790.04 },
            ],
        });
        expect(charts.map(nameChoice).slice(1, 6)).toEqual([
            "bars: implied_discount_amount by week_start",
            "bars: gross_amount by week_start",
            "bars: net_amount by week_start",
            "bars: order_count by week_start",
            "line: discount_amount by week_start",
        ]);
        expect(nameChoice(charts.at(-1) ?? { kind: "none", reason: "" })).toBe("histogram of order_count");
    });

    it("shows the hours to ship week by week as a line, with a gap where no order was shipped", () => {
        const columns = [
            column("week_start", date, "Monday of the week of placement, UTC."),
            column("order_count", typeIds.bigint, "Orders placed."),
            column("shipped_order_count", typeIds.bigint, "Those of them that were shipped."),
            column(
                "avg_hours_to_ship",
                typeIds.numeric,
                "Mean hours from placement to shipment, over shipped orders; null when none was.",
            ),
            column(
                "median_hours_to_ship",
                typeIds.numeric,
                "Half of the shipped orders took no longer (interpolated).",
            ),
        ];
        const rows = [
            ["2024-11-25", "148", "148", "40.25", "39.00"],
            ["2024-12-02", "139", "0", null, null],
        ];
        expect(chooseChart(columns, rows, "How long do orders take from placement to shipment, week by week?")).toEqual(
            {
                kind: "line",
                labelColumn: "week_start",
                valueColumn: "avg_hours_to_ship",
                points: [
                    { label: "2024-11-25", value: 40.25 },
                    { label: "2024-12-02", value: null },
                ],
            },
        );
    });

    it("shows whose cart was worth most", () => {
        const columns = [
            column("customer_id", typeIds.integer),
            column("email", typeIds.text),
            column("session_started_at", timestamp),
            column("items_added_count", typeIds.bigint, "Items added to the cart in the session."),
            column("cart_value", typeIds.numeric, "Their list prices when they were added."),
            column("cart_value_after_discount", typeIds.numeric, "The same less the discounts of that time."),
        ];
        const rows = [
            ["1", "a@example.com", "2024-11-25 10:15:00", "1", "10.50", "10.00"],
            ["2", null, "2024-11-25 11:15:30", "9", null, null],
            ["3", "c@example.com", "2024-11-26 00:00:00", "3", "99.00", "98.00"],
        ];
        const about = "Which customers ordered in their last session, and what was the cart worth?";
        const charts = listCharts(columns, rows, about);
        expect(charts[0]).toEqual({
            kind: "horizontal bars",
            labelColumn: "email",
            valueColumn: "cart_value",
            points: [
                { label: "c@example.com", value: 99 },
                { label: "a@example.com", value: 10.5 },
                { label: "customer_id 2", value: null },
            ],
        });
        expect(charts.map(nameChoice).slice(1)).toEqual([
            "horizontal bars: cart_value_after_discount by email",
            "horizontal bars: items_added_count by email",
            "histogram of cart_value",
            "histogram of cart_value_after_discount",
            "histogram of items_added_count",
        ]);
    });
});

describe("other rows", () => {
    it("draws a single number column as a histogram, whatever stands in it", () => {
        expect(chooseChart([column("price", typeIds.double)], [["1.5"], ["NaN"], [null], ["Infinity"]])).toEqual({
            kind: "histogram",
            valueColumn: "price",
            values: [1.5, null, null, null],
        });
    });

    it("counts years as periods and keys as names, not as numbers to draw", () => {
        const sales = column("sales", typeIds.integer);
        expect(
            nameChoice(
                chooseChart(
                    [column("year", typeIds.integer), sales],
                    [
                        ["2023", "4"],
                        ["2024", "5"],
                    ],
                ),
            ),
        ).toBe("bars: sales by year");
        expect(
            nameChoice(
                chooseChart(
                    [column("brand_id", typeIds.integer), sales],
                    [
                        ["7", "4"],
                        ["9", "5"],
                    ],
                ),
            ),
        ).toBe("horizontal bars: sales by brand_id");
    });

    it("asks for counts where that is what the rows are about", () => {
        const columns = [
            column("day", date),
            column("sales_amount", typeIds.numeric),
            column("order_count", typeIds.bigint),
        ];
        const rows = [["2024-11-25", "1", "2"]];
        expect(nameChoice(chooseChart(columns, rows))).toBe("bars: sales_amount by day");
        expect(nameChoice(chooseChart(columns, rows, "How many orders a day?"))).toBe("bars: order_count by day");
    });

    it("does not take moments, or days that come twice, for periods", () => {
        const columns = [column("at", timestamp), column("amount", typeIds.numeric)];
        expect(
            nameChoice(
                chooseChart(columns, [
                    ["2024-11-25 10:15:07", "1"],
                    ["2024-11-25 10:16:00", "2"],
                ]),
            ),
        ).toBe("horizontal bars: amount by at");
        expect(
            nameChoice(
                chooseChart(columns, [
                    ["2024-11-25 00:00:00", "1"],
                    ["2024-11-25 00:00:00", "2"],
                ]),
            ),
        ).toBe("histogram of amount");
    });

    it("draws many periods as a line", () => {
        const rows = Array.from({ length: 100 }, (_, day) => [
            new Date(day * 86_400_000).toISOString().slice(0, 10),
            "1",
        ]);
        expect(chooseChart([column("day", date), column("n", typeIds.integer)], rows).kind).toBe("line");
    });

    it("says why there is nothing to draw", () => {
        expect(listCharts([column("n", typeIds.integer)], [])).toEqual([
            { kind: "none", reason: "There are no rows to draw." },
        ]);
        const noNumbers = [{ kind: "none", reason: "There is no column of numbers to draw." }];
        expect(
            listCharts([column("name", typeIds.text), column("customer_id", typeIds.integer)], [["x", "1"]]),
        ).toEqual(noNumbers);
        expect(listCharts([column("amount", typeIds.numeric)], [[null]])).toEqual(noNumbers);
        expect(listCharts([], [[]])).toEqual(noNumbers);
    });
});
