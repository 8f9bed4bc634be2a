import { defineModel } from "stardeck";

export default defineModel({
    columns: {
        session_key: "Surrogate key: a hash of the customer and the first event.",
        customer_id: { notNull: true, description: "The shop's number of the customer." },
        customer_key: { notNull: true, description: "The customer as known when the session started." },
        session_number: { notNull: true, description: "1 for the customer's first session." },
        started_at: { notNull: true, description: "Time of the first event, UTC." },
        ended_at: { notNull: true, description: "Time of the last event, UTC." },
        started_date_key: { notNull: true, description: "Date of the first event." },
        event_count: { notNull: true, description: "Events in the session." },
        items_added_count: { notNull: true, description: "ADD_PRODUCT_TO_CART events." },
        order_count: { notNull: true, description: "PLACED_ORDER events." },
        has_placed_order: { notNull: true, description: "Whether an order was placed in it." },
        is_last_session: { notNull: true, description: "Whether it is the customer's last session so far." },
    },
    tests: [
        { kind: "unique", columns: ["session_key"] },
        { kind: "not_null", column: "session_key" },
        { kind: "unique", columns: ["customer_id", "session_number"] },
        { kind: "not_null", column: "customer_key" },
        { kind: "not_null", column: "started_date_key" },
        { kind: "relationships", column: "customer_key", to: "dim_customer", toColumn: "customer_key" },
        { kind: "relationships", column: "started_date_key", to: "dim_date", toColumn: "date_key" },
        { kind: "expression", name: "ends_after_it_starts", expression: "ended_at >= started_at" },
        {
            kind: "expression",
            name: "counts_add_up",
            expression: "event_count >= 1 and items_added_count + order_count <= event_count",
        },
        {
            kind: "expression",
            name: "placed_order_flag_is_its_count",
            expression: "has_placed_order = (order_count > 0)",
        },
        { kind: "expression", name: "customer_is_known", expression: "customer_key <> -1" },
    ],
    indexes: [["customer_id"]],
    tags: ["sessions"],
});
