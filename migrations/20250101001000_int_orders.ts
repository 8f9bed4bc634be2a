import type { Knex } from "knex";
import { createModel, dropModel, sqlFile } from "../src/warehouse/index.js";

export async function up(knex: Knex): Promise<void> {
    await createModel(knex, {
        name: "int_orders",
        layer: "prep",
        materialisation: "table",
        description: "The current state of each order and when it reached each status.",
        grain: "one row per order",
        select: sqlFile("20250101001000_int_orders"),
        primaryKey: ["order_id"],
        entityKey: "order_id",
        columns: [
            { name: "order_id", type: "integer", notNull: true, description: "The shop's number of the order." },
            { name: "customer_id", type: "integer", description: "The customer who placed it, by its current state." },
            { name: "status", type: "text", description: "The current status." },
            {
                name: "placed_at",
                type: "timestamp without time zone",
                description: "When the order was placed: its created_at.",
            },
            {
                name: "paid_at",
                type: "timestamp without time zone",
                description: "When it was first seen PAID; null when never.",
            },
            {
                name: "shipped_at",
                type: "timestamp without time zone",
                description: "When it was first seen SHIPPED; null when never.",
            },
        ],
        indexes: [["customer_id"]],
        affectedBy: {
            orders: "select id from changed where id is not null",
        },
        tags: ["orders"],
        tests: [
            { kind: "unique", columns: ["order_id"] },
            { kind: "not_null", column: "order_id" },
            { kind: "not_null", column: "customer_id", severity: "warn", description: "Orders that name no customer." },
            {
                kind: "not_null",
                column: "placed_at",
                severity: "warn",
                description: "Orders without a time of placement: they are in no week.",
            },
        ],
    });
}

export async function down(knex: Knex): Promise<void> {
    await dropModel(knex, "int_orders");
}
