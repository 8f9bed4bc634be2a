import { defineModel } from "stardeck";

export default defineModel({
    columns: {
        order_id: "The shop's number of the order.",
        customer_key: { notNull: true, description: "The customer as known when the order was placed." },
        customer_id: "The shop's number of the customer.",
        placed_date_key: { notNull: true, description: "Date of placement." },
        paid_date_key: {
            notNull: true,
            description: "Date of payment; -1 while not paid, or when the time is unknown.",
        },
        shipped_date_key: {
            notNull: true,
            description: "Date of shipment; -1 while not shipped, or when the time is unknown.",
        },
        status: "The current status: PLACED, PAID or SHIPPED.",
        placed_at: "When the order was placed, UTC.",
        paid_at: "When it was first seen PAID, UTC; null when never, or at no known time.",
        shipped_at: "When it was first seen SHIPPED, UTC; null when never, or at no known time.",
        hours_to_pay: "Hours from placement to payment; null while one of the times is unknown.",
        hours_to_ship: "Hours from placement to shipment; null while one of the times is unknown.",
    },
    tests: [
        { kind: "unique", columns: ["order_id"] },
        { kind: "not_null", column: "order_id" },
        { kind: "not_null", column: "customer_key" },
        { kind: "not_null", column: "placed_date_key" },
        { kind: "not_null", column: "paid_date_key" },
        { kind: "not_null", column: "shipped_date_key" },
        { kind: "relationships", column: "customer_key", to: "dim_customer", toColumn: "customer_key" },
        { kind: "relationships", column: "placed_date_key", to: "dim_date", toColumn: "date_key" },
        { kind: "relationships", column: "paid_date_key", to: "dim_date", toColumn: "date_key" },
        { kind: "relationships", column: "shipped_date_key", to: "dim_date", toColumn: "date_key" },
        {
            kind: "expression",
            name: "customer_is_unknown_only_when_not_told",
            expression: "customer_key <> -1 or customer_id is null or placed_at is null",
        },
        {
            kind: "expression",
            name: "dates_are_those_of_the_times",
            expression:
                "placed_date_key = coalesce(prep.date_key(placed_at::date), -1) and paid_date_key = coalesce(prep.date_key(paid_at::date), -1) and shipped_date_key = coalesce(prep.date_key(shipped_at::date), -1)",
        },
        { kind: "not_null", column: "status", severity: "warn", description: "Orders without a status." },
        {
            kind: "accepted_values",
            column: "status",
            values: ["PLACED", "PAID", "SHIPPED"],
            severity: "warn",
            description: "Orders in a status that nobody has told us about.",
        },
        {
            kind: "expression",
            name: "paid_after_placed",
            expression: "paid_at >= placed_at",
            severity: "warn",
            description: "Orders paid before they were placed.",
        },
        {
            kind: "expression",
            name: "shipped_after_placed",
            expression: "shipped_at >= placed_at",
            severity: "warn",
            description: "Orders shipped before they were placed.",
        },
        {
            kind: "expression",
            name: "shipped_after_paid",
            expression: "shipped_at >= paid_at",
            severity: "warn",
            description: "Orders shipped before they were paid.",
        },
        {
            kind: "expression",
            name: "shipped_order_was_seen_paid",
            expression: "shipped_at is null or paid_at is not null",
            severity: "warn",
            description:
                "Orders shipped without a known time of payment: PAID was skipped between two extracts, or came without a time.",
        },
    ],
    indexes: [["placed_date_key"]],
    tags: ["orders"],
});
