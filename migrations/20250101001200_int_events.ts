import type { Knex } from "knex";
import { createModel, dropModel, sqlFile } from "../src/warehouse/index.js";

export async function up(knex: Knex): Promise<void> {
    await createModel(knex, {
        name: "int_events",
        layer: "prep",
        materialisation: "table",
        description:
            "The current state of each event that matters: events of known customers, PLACED_ORDER events that wait for their order to tell the customer, and events with something unreadable. The last two have no customer and are in no session.",
        grain: "one row per event that has a customer, waits for its order, or has a problem",
        select: sqlFile("20250101001200_int_events"),
        primaryKey: ["event_id"],
        entityKey: "event_id",
        columns: [
            { name: "event_id", type: "integer", notNull: true, description: "The shop's number of the event." },
            {
                name: "customer_id",
                type: "integer",
                description:
                    "The customer it belongs to: the payload's, else for PLACED_ORDER the order's. Null when neither is known.",
            },
            { name: "event_type", type: "text", description: "What happened." },
            { name: "occurred_at", type: "timestamp without time zone", description: "When it happened, UTC." },
            { name: "product_id", type: "integer", description: "The product it is about." },
            { name: "order_id", type: "integer", description: "The order it is about." },
            { name: "problem", type: "text", description: "What could not be read; null when all of it could." },
        ],
        indexes: [["customer_id", "occurred_at", "event_id"], ["order_id"], ["product_id", "occurred_at"]],
        affectedBy: {
            event: "select id from changed where id is not null",
            // An order that arrives, or changes its customer, moves its PLACED_ORDER events. They are all here, those that wait included.
            int_orders:
                "select event_id from prep.int_events where order_id = any(array(select order_id from changed)) and event_type = 'PLACED_ORDER'",
        },
        tags: ["sessions"],
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
            },
            {
                kind: "expression",
                name: "placed_order_has_its_order",
                expression: "customer_id is not null or problem is not null",
                severity: "warn",
                description: "PLACED_ORDER events whose order was never extracted or names no customer.",
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
    });
}

export async function down(knex: Knex): Promise<void> {
    await dropModel(knex, "int_events");
}
