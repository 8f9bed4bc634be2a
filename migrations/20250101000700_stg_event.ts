import type { Knex } from "knex";
import { createModel, dropModel, sqlFile } from "../src/warehouse/index.js";

export async function up(knex: Knex): Promise<void> {
    await createModel(knex, {
        name: "stg_event",
        layer: "prep",
        materialisation: "view",
        description:
            "Events of the web shop as extracted: every version, with the ids of its payload read and without repeats.",
        grain: "one row per version of an event (event_id, modified_at)",
        select: sqlFile("20250101000700_stg_event"),
        columns: [
            { name: "event_id", type: "integer", description: "The shop's number of the event." },
            { name: "event_type", type: "text", description: "What happened, e.g. PAGE_VIEW or ADD_PRODUCT_TO_CART." },
            {
                name: "customer_id",
                type: "integer",
                description: "The customer named in the payload; null when nobody was logged in.",
            },
            { name: "product_id", type: "integer", description: "The product named in the payload." },
            { name: "order_id", type: "integer", description: "The order named in the payload." },
            {
                name: "payload_problem",
                type: "text",
                description: "What could not be read in the payload; null when all of it could.",
            },
            {
                name: "created_at",
                type: "timestamp without time zone",
                description: "When the shop created the record, UTC; null when the landed time is missing or unusable.",
            },
            {
                name: "modified_at",
                type: "timestamp without time zone",
                description:
                    "When this version came to be, UTC: the landed modified_at, else created_at, else 1900-01-01.",
            },
        ],
        tags: ["sessions"],
    });
}

export async function down(knex: Knex): Promise<void> {
    await dropModel(knex, "stg_event");
}
