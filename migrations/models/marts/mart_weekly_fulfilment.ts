import { defineModel } from "stardeck";

export default defineModel({
    columns: {
        week_start: "Monday of the week of placement, UTC.",
        order_count: { notNull: true, description: "Orders placed." },
        shipped_order_count: { notNull: true, description: "Those of them that were shipped, at a known time." },
        avg_hours_to_ship:
            "Mean hours from placement to shipment, over the orders shipped at a known time; null when none was.",
        median_hours_to_ship: "Half of these orders took no longer (interpolated).",
        p90_hours_to_ship: "Nine in ten of these orders took no longer (interpolated).",
    },
    tests: [
        { kind: "unique", columns: ["week_start"] },
        { kind: "not_null", column: "week_start" },
        { kind: "expression", name: "week_starts_on_monday", expression: "extract(isodow from week_start) = 1" },
        {
            kind: "expression",
            name: "shipped_are_some_of_the_placed",
            expression: "shipped_order_count between 0 and order_count",
        },
        {
            kind: "expression",
            name: "measures_exist_when_shipped",
            expression:
                "(shipped_order_count > 0) = (avg_hours_to_ship is not null) and (shipped_order_count > 0) = (median_hours_to_ship is not null) and (shipped_order_count > 0) = (p90_hours_to_ship is not null)",
        },
        {
            kind: "expression",
            name: "hours_are_not_negative",
            expression: "avg_hours_to_ship >= 0",
            severity: "warn",
            description: "Weeks whose orders were on average shipped before they were placed.",
        },
    ],
    presentation: {
        measure: "avg_hours_to_ship",
        round: { avg_hours_to_ship: 1, median_hours_to_ship: 1, p90_hours_to_ship: 1 },
        unit: { avg_hours_to_ship: "h", median_hours_to_ship: "h", p90_hours_to_ship: "h" },
    },
    tags: ["orders", "questions"],
});
