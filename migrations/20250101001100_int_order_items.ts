import type { Knex } from "knex";
import { createModel, dropModel, sqlFile } from "../src/warehouse/index.js";

export async function up(knex: Knex): Promise<void> {
    await createModel(knex, {
        name: "int_order_items",
        layer: "prep",
        materialisation: "table",
        description: "The current state of each order line, the lines of orders never extracted included.",
        grain: "one row per order line",
        select: sqlFile("20250101001100_int_order_items"),
        primaryKey: ["order_item_id"],
        entityKey: "order_item_id",
        columns: [
            {
                name: "order_item_id",
                type: "integer",
                notNull: true,
                description: "The shop's number of the order line.",
            },
            { name: "order_id", type: "integer", description: "The order it belongs to." },
            { name: "product_id", type: "integer", description: "The product ordered." },
            { name: "quantity", type: "integer", description: "Units ordered." },
            {
                name: "recorded_price",
                type: "numeric",
                description: "The unit price the shop wrote down; not to be trusted.",
            },
        ],
        indexes: [["order_id"], ["product_id"]],
        affectedBy: {
            orderitem: "select id from changed where id is not null",
        },
        tags: ["orders"],
        tests: [
            { kind: "unique", columns: ["order_item_id"] },
            { kind: "not_null", column: "order_item_id" },
            { kind: "not_null", column: "order_id", severity: "warn", description: "Order lines that name no order." },
            {
                kind: "relationships",
                column: "order_id",
                to: "int_orders",
                toColumn: "order_id",
                severity: "warn",
                description: "Lines whose order was never extracted: they are in no fact.",
            },
            {
                kind: "not_null",
                column: "product_id",
                severity: "warn",
                description: "Order lines that name no product.",
            },
        ],
    });
}

export async function down(knex: Knex): Promise<void> {
    await dropModel(knex, "int_order_items");
}
