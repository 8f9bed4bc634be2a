import type { Knex } from "knex";
import { createModel, dropModel, sqlFile } from "../src/warehouse/index.js";

export async function up(knex: Knex): Promise<void> {
    await createModel(knex, {
        name: "int_session_events",
        layer: "prep",
        materialisation: "view",
        description: "The events from which sessions are made: events of known customers, at a known time.",
        grain: "one row per event of a known customer",
        select: sqlFile("20250101001300_int_session_events"),
        columns: [
            { name: "event_id", type: "integer", description: "The shop's number of the event." },
            {
                name: "customer_id",
                type: "integer",
                description: "The customer it belongs to: the payload's, else for PLACED_ORDER the order's.",
            },
            { name: "event_type", type: "text", description: "What happened." },
            { name: "occurred_at", type: "timestamp without time zone", description: "When it happened, UTC." },
            { name: "product_id", type: "integer", description: "The product it is about." },
            { name: "order_id", type: "integer", description: "The order it is about." },
        ],
        tags: ["sessions"],
    });
}

export async function down(knex: Knex): Promise<void> {
    await dropModel(knex, "int_session_events");
}
