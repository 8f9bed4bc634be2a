import { defineModel } from "stardeck";

export default defineModel({
    columns: {
        customer_id: "The shop's number of the customer.",
        email: "The customer's current e-mail address; null if the customer was never extracted.",
        session_started_at: { notNull: true, description: "Time of the first event of the session, UTC." },
        session_ended_at: { notNull: true, description: "Time of its last event, UTC." },
        items_added_count: { notNull: true, description: "Items added to the cart in the session." },
        cart_value:
            "Their list prices when they were added; unknown prices count nothing, and null when none is known.",
        cart_value_after_discount: "The same less the discounts of that time; an unknown discount counts as none.",
    },
    tests: [
        { kind: "unique", columns: ["customer_id"] },
        { kind: "not_null", column: "customer_id" },
        { kind: "relationships", column: "customer_id", to: "dim_customer", toColumn: "customer_id" },
        { kind: "expression", name: "ends_after_it_starts", expression: "session_ended_at >= session_started_at" },
        {
            kind: "expression",
            name: "empty_cart_is_worth_nothing",
            expression: "items_added_count > 0 or (cart_value = 0 and cart_value_after_discount = 0)",
        },
        {
            kind: "not_null",
            column: "email",
            severity: "warn",
            description: "Customers in the mart without a known e-mail address.",
            known: "Follows from customers who were never extracted.",
        },
        {
            kind: "not_null",
            column: "cart_value",
            severity: "warn",
            description: "Carts of which no price is known.",
            known: "Follows from products that were never extracted.",
        },
        {
            kind: "expression",
            name: "cart_value_is_not_negative",
            expression: "cart_value >= 0",
            severity: "warn",
            description: "Carts worth less than nothing.",
        },
    ],
    presentation: {
        headline:
            "{count(*)} of {(select count(distinct customer_id) from warehouse.fct_sessions)} customers ordered in their last session; median cart {percentile_disc(0.5) within group (order by cart_value)}.",
        measure: "cart_value",
        sort: ["email", "customer_id"],
        columns: ["customer_id", "email", "cart_value", "items_added_count"],
    },
    tags: ["sessions", "questions"],
});
