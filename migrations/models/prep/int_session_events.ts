import { defineModel } from "stardeck";

export default defineModel({
    columns: {
        event_id: "The shop's number of the event.",
        customer_id: "The customer it belongs to: for PLACED_ORDER the order's, else the payload's.",
        event_type: "What happened.",
        occurred_at: "When it happened, UTC.",
        product_id: "The product it is about.",
        order_id: "The order it is about.",
    },
    tags: ["sessions"],
});
