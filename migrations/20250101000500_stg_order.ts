import type { Knex } from "knex";
import { createModel, dropModel, sqlFile } from "../src/warehouse/index.js";

export async function up(knex: Knex): Promise<void> {
    await createModel(knex, {
        name: "stg_order",
        layer: "prep",
        materialisation: "view",
        description: "Orders as extracted: every version, typed and without repeats.",
        grain: "one row per version of an order (order_id, modified_at)",
        select: sqlFile("20250101000500_stg_order"),
        columns: [
            { name: "order_id", type: "integer", description: "The shop's number of the order." },
            { name: "customer_id", type: "integer", description: "The customer who placed it." },
            { name: "status", type: "text", description: "PLACED, PAID or SHIPPED." },
            { name: "customer_address_id", type: "integer", description: "The address it goes to." },
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
        tags: ["orders"],
    });
}

export async function down(knex: Knex): Promise<void> {
    await dropModel(knex, "stg_order");
}
