import { defineModel } from "stardeck";

export default defineModel({
    columns: {
        week_start: "Monday of the week of placement, UTC.",
        order_count: { notNull: true, description: "Orders with at least one line." },
        item_count: "Units ordered, the unpriced ones included.",
        gross_amount: "What the units of known list price cost at it; null when there are none.",
        discount_amount: "Discount given on them; an unknown discount counts as none.",
        net_amount: "Gross less discount.",
        recorded_amount:
            "What the recorded prices of the same units add up to; the shop takes 7 % for 700 %, so do not trust it.",
        implied_discount_amount:
            "Gross less recorded, over those of the same units that have a recorded price: the discount if the recorded prices were right.",
        unpriced_item_count: "Those of item_count whose list price is unknown: they are in none of the amounts.",
    },
    tests: [
        { kind: "unique", columns: ["week_start"] },
        { kind: "not_null", column: "week_start" },
        { kind: "expression", name: "week_starts_on_monday", expression: "extract(isodow from week_start) = 1" },
        { kind: "expression", name: "orders_are_counted", expression: "order_count >= 1" },
        {
            kind: "expression",
            name: "discount_is_part_of_gross",
            expression: "discount_amount between 0 and gross_amount",
            severity: "warn",
            description: "Weeks with a discount below zero or above the gross amount.",
        },
        {
            kind: "expression",
            name: "recorded_discount_is_plausible",
            expression: "implied_discount_amount between 0 and 0.5 * gross_amount",
            severity: "warn",
            description: "Weeks in which the recorded prices imply a discount nobody would give.",
            known: "Follows from recorded prices of zero or less.",
        },
        {
            kind: "expression",
            name: "net_is_gross_less_discount",
            expression:
                "net_amount is not distinct from gross_amount - discount_amount and (gross_amount is null) = (net_amount is null)",
        },
        {
            kind: "expression",
            name: "every_unit_is_priced",
            expression: "unpriced_item_count = 0",
            severity: "warn",
            description: "Weeks with units whose list price is unknown: they are in none of the amounts.",
            known: "Follows from products that were never extracted.",
        },
    ],
    presentation: {
        measure: "discount_amount",
        columns: ["week_start", "discount_amount", "gross_amount", "net_amount", "order_count", "item_count"],
    },
    tags: ["orders", "discounts", "questions"],
});
