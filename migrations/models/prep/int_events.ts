import { defineModel } from "stardeck";

export default defineModel({
    materialisation: "table",
    columns: {
        event_id: "The shop's number of the event.",
        customer_id:
            "The customer it belongs to: for PLACED_ORDER the order's, else the payload's. Null when neither is known.",
        event_type: "What happened.",
        occurred_at: "When it happened, UTC.",
        product_id: "The product it is about.",
        order_id: "The order it is about.",
        problem: "What could not be read; null when all of it could.",
    },
    tests: [
        { kind: "unique", columns: ["event_id"] },
        { kind: "not_null", column: "event_id" },
        {
            kind: "expression",
            name: "customer_events_have_a_time",
            expression: "customer_id is null or occurred_at is not null",
        },
        {
            kind: "expression",
            name: "payload_is_readable",
            expression: "problem is null",
            severity: "warn",
            description: "Events with an unreadable payload or without a time.",
            known: "The shop writes some events wrong: they belong to no session.",
        },
        {
            kind: "expression",
            name: "placed_order_has_its_order",
            expression: "customer_id is not null or problem is not null",
            severity: "warn",
            description: "PLACED_ORDER events whose order was never extracted or names no customer.",
            known: "Follows from orders that were never extracted.",
        },
        {
            kind: "accepted_values",
            column: "event_type",
            values: [
                "PAGE_VIEW",
                "SEARCH",
                "ADD_PRODUCT_TO_CART",
                "REMOVE_PRODUCT_FROM_CART",
                "PLACED_ORDER",
                "SIGN_UP_SUCCESS",
                "VISIT_PERSONAL_RECOMMENDATION",
                "VISIT_RELATED_PRODUCT",
                "VISIT_RECENTLY_VISITED_PRODUCT",
            ],
            severity: "warn",
            description: "Kinds of events that nobody has told us about.",
        },
    ],
    indexes: [["customer_id", "occurred_at", "event_id"], ["order_id"], ["product_id", "occurred_at"]],
    distribution: { column: "event_id" },
    tags: ["sessions"],
});
