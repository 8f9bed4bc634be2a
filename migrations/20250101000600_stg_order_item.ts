import type { Knex } from "knex";
import { createModel, dropModel, sqlFile } from "../src/warehouse/index.js";

export async function up(knex: Knex): Promise<void> {
    await createModel(knex, {
        name: "stg_order_item",
        layer: "prep",
        materialisation: "view",
        description: "Order lines as extracted: every version, typed and without repeats.",
        grain: "one row per version of an order line (order_item_id, modified_at)",
        select: sqlFile("20250101000600_stg_order_item"),
        columns: [
            { name: "order_item_id", type: "integer", description: "The shop's number of the order line." },
            { name: "order_id", type: "integer", description: "The order it belongs to." },
            { name: "product_id", type: "integer", description: "The product ordered." },
            { name: "quantity", type: "integer", description: "Units ordered." },
            {
                name: "recorded_price",
                type: "numeric",
                description:
                    "The unit price the shop wrote down. It takes 7 % for 700 %, so it is often zero or negative: do not trust it.",
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
        tags: ["orders"],
    });
}

export async function down(knex: Knex): Promise<void> {
    await dropModel(knex, "stg_order_item");
}
