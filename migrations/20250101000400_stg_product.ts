import type { Knex } from "knex";
import { createModel, dropModel, sqlFile } from "../src/warehouse/index.js";

export async function up(knex: Knex): Promise<void> {
    await createModel(knex, {
        name: "stg_product",
        layer: "prep",
        materialisation: "view",
        description: "Products as extracted: every version, typed and without repeats.",
        grain: "one row per version of a product (product_id, modified_at)",
        select: sqlFile("20250101000400_stg_product"),
        columns: [
            { name: "product_id", type: "integer", description: "The shop's number of the product." },
            { name: "name", type: "text", description: "Product name." },
            { name: "description", type: "text", description: "Product text of the shop." },
            { name: "ean", type: "text", description: "European Article Number." },
            { name: "price", type: "numeric", description: "List price of one unit; null when missing or not finite." },
            {
                name: "discount_percent",
                type: "numeric",
                description: "Discount on the list price in whole per cent: 7 means 7 %.",
            },
            { name: "brand_id", type: "integer", description: "The shop's number of the brand." },
            { name: "inventory", type: "integer", description: "Units in stock." },
            { name: "is_published", type: "boolean", description: "Whether the product is shown in the shop." },
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
        tags: ["products"],
    });
}

export async function down(knex: Knex): Promise<void> {
    await dropModel(knex, "stg_product");
}
