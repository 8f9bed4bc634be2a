import type { Knex } from "knex";
import { createModel, dropModel, sqlFile } from "../src/warehouse/index.js";

export async function up(knex: Knex): Promise<void> {
    await createModel(knex, {
        name: "fct_orders",
        layer: "warehouse",
        materialisation: "table",
        description: "Orders as an accumulating snapshot: one row follows its order from placed over paid to shipped.",
        grain: "one row per order",
        select: sqlFile("20250101003000_fct_orders"),
        primaryKey: ["order_id"],
        entityKey: "order_id",
        columns: [
            { name: "order_id", type: "integer", notNull: true, description: "The shop's number of the order." },
            {
                name: "customer_key",
                type: "bigint",
                notNull: true,
                description: "The customer as known when the order was placed.",
            },
            { name: "customer_id", type: "integer", description: "The shop's number of the customer." },
            { name: "placed_date_key", type: "integer", notNull: true, description: "Date of placement." },
            {
                name: "paid_date_key",
                type: "integer",
                notNull: true,
                description: "Date of payment; -1 while not paid.",
            },
            {
                name: "shipped_date_key",
                type: "integer",
                notNull: true,
                description: "Date of shipment; -1 while not shipped.",
            },
            { name: "status", type: "text", description: "The current status: PLACED, PAID or SHIPPED." },
            { name: "placed_at", type: "timestamp without time zone", description: "When the order was placed, UTC." },
            {
                name: "paid_at",
                type: "timestamp without time zone",
                description: "When it was first seen PAID, UTC; null when never.",
            },
            {
                name: "shipped_at",
                type: "timestamp without time zone",
                description: "When it was first seen SHIPPED, UTC; null when never.",
            },
            { name: "hours_to_pay", type: "numeric", description: "Hours from placement to payment." },
            { name: "hours_to_ship", type: "numeric", description: "Hours from placement to shipment." },
        ],
        indexes: [["placed_date_key"]],
        affectedBy: {
            int_orders: "select order_id from changed",
            dim_customer:
                "select order_id from prep.int_orders where customer_id = any(array(select customer_id from changed))",
            dim_date: `
                select order_id
                from prep.int_orders
                where placed_at::date = any(array(select date_day from changed))
                    or paid_at::date = any(array(select date_day from changed))
                    or shipped_at::date = any(array(select date_day from changed))
            `,
        },
        tags: ["orders"],
        tests: [
            { kind: "unique", columns: ["order_id"] },
            { kind: "not_null", column: "order_id" },
            { kind: "not_null", column: "customer_key" },
            { kind: "not_null", column: "placed_date_key" },
            { kind: "not_null", column: "paid_date_key" },
            { kind: "not_null", column: "shipped_date_key" },
            { kind: "relationships", column: "customer_key", to: "dim_customer", toColumn: "customer_key" },
            { kind: "relationships", column: "placed_date_key", to: "dim_date", toColumn: "date_key" },
            { kind: "relationships", column: "paid_date_key", to: "dim_date", toColumn: "date_key" },
            { kind: "relationships", column: "shipped_date_key", to: "dim_date", toColumn: "date_key" },
            {
                kind: "expression",
                name: "customer_is_unknown_only_when_not_told",
                expression: "customer_key <> -1 or customer_id is null or placed_at is null",
            },
            {
                kind: "expression",
                name: "dates_are_those_of_the_times",
                expression:
                    "placed_date_key = coalesce(prep.date_key(placed_at::date), -1) and paid_date_key = coalesce(prep.date_key(paid_at::date), -1) and shipped_date_key = coalesce(prep.date_key(shipped_at::date), -1)",
            },
            { kind: "not_null", column: "status", severity: "warn", description: "Orders without a status." },
            {
                kind: "accepted_values",
                column: "status",
                values: ["PLACED", "PAID", "SHIPPED"],
                severity: "warn",
                description: "Orders in a status that nobody has told us about.",
            },
            {
                kind: "expression",
                name: "shipped_order_was_seen_paid",
                expression: "shipped_at is null or paid_at is not null",
                severity: "warn",
                description: "Orders seen SHIPPED and never PAID: the status was skipped between two extracts.",
            },
            {
                kind: "expression",
                name: "paid_after_placed",
                expression: "paid_at >= placed_at",
                severity: "warn",
                description: "Orders paid before they were placed.",
            },
            {
                kind: "expression",
                name: "shipped_after_placed",
                expression: "shipped_at >= placed_at",
                severity: "warn",
                description: "Orders shipped before they were placed.",
            },
            {
                kind: "expression",
                name: "shipped_after_paid",
                expression: "shipped_at >= paid_at",
                severity: "warn",
                description: "Orders shipped before they were paid.",
            },
            {
                kind: "singular",
                name: "customer_was_extracted",
                select: `
                select orders.*
                from warehouse.fct_orders as orders
                join warehouse.dim_customer as customers on customers.customer_key = orders.customer_key
                where customers.is_inferred or customers.customer_key = -1
            `,
                perEntity: true,
                severity: "warn",
                description: "Orders whose customer was never extracted or is not named.",
            },
        ],
    });
}

export async function down(knex: Knex): Promise<void> {
    await dropModel(knex, "fct_orders");
}
