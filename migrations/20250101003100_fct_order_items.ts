import type { Knex } from "knex";
import { createModel, dropModel, sqlFile } from "../src/warehouse/index.js";

export async function up(knex: Knex): Promise<void> {
    await createModel(knex, {
        name: "fct_order_items",
        layer: "warehouse",
        materialisation: "table",
        description:
            "Order lines, priced from the product version that was valid when the order was placed. Lines of orders never extracted are not here.",
        grain: "one row per order line",
        select: sqlFile("20250101003100_fct_order_items"),
        primaryKey: ["order_item_id"],
        entityKey: "order_id",
        columns: [
            {
                name: "order_item_id",
                type: "integer",
                notNull: true,
                description: "The shop's number of the order line.",
            },
            { name: "order_id", type: "integer", notNull: true, description: "The order it belongs to." },
            {
                name: "customer_key",
                type: "bigint",
                notNull: true,
                description: "The customer as known when the order was placed.",
            },
            {
                name: "product_key",
                type: "bigint",
                notNull: true,
                description: "The product as known when the order was placed.",
            },
            { name: "product_id", type: "integer", description: "The shop's number of the product." },
            { name: "placed_date_key", type: "integer", notNull: true, description: "Date of placement of the order." },
            { name: "placed_at", type: "timestamp without time zone", description: "When the order was placed, UTC." },
            { name: "quantity", type: "integer", description: "Units ordered." },
            { name: "list_price", type: "numeric", description: "List price of one unit when the order was placed." },
            {
                name: "discount_percent",
                type: "numeric",
                description: "Discount in per cent when the order was placed.",
            },
            { name: "gross_amount", type: "numeric", description: "quantity * list_price." },
            { name: "discount_amount", type: "numeric", description: "gross_amount * discount_percent / 100." },
            { name: "net_amount", type: "numeric", description: "gross_amount - discount_amount." },
            {
                name: "recorded_price",
                type: "numeric",
                description: "The unit price the shop wrote down; it takes 7 % for 700 %. Shown, never used.",
            },
            { name: "recorded_amount", type: "numeric", description: "quantity * recorded_price." },
        ],
        indexes: [["order_id"], ["placed_date_key"]],
        affectedBy: {
            // A line that moves from one order to another changes both: `changed` holds it before and after.
            int_order_items: "select order_id from changed where order_id is not null",
            fct_orders: "select order_id from changed",
            dim_product: `
                select lines.order_id
                from (
                    -- A product version that is the same before and after, but for its end, changes nothing up to the earlier end.
                    select
                        product_id,
                        case when count(*) = 1 then min(valid_from) else min(valid_to) end as changed_from,
                        max(valid_to) as changed_to
                    from changed
                    group by product_id, product_key, price, discount_percent
                ) as spans
                cross join lateral (
                    select
                        order_items.order_id,
                        (select orders.placed_at from prep.int_orders as orders where orders.order_id = order_items.order_id)
                            as placed_at
                    from prep.int_order_items as order_items
                    where order_items.product_id = spans.product_id
                    -- Keeps PostgreSQL from reading all lines at once: product by product, by index.
                    offset 0
                ) as lines
                where lines.placed_at >= spans.changed_from and lines.placed_at < spans.changed_to
                    and spans.changed_from < spans.changed_to
            `,
        },
        tags: ["orders", "discounts"],
        tests: [
            { kind: "unique", columns: ["order_item_id"] },
            { kind: "not_null", column: "order_item_id" },
            { kind: "not_null", column: "order_id" },
            { kind: "not_null", column: "customer_key" },
            { kind: "not_null", column: "product_key" },
            { kind: "not_null", column: "placed_date_key" },
            { kind: "relationships", column: "order_id", to: "fct_orders", toColumn: "order_id" },
            { kind: "relationships", column: "customer_key", to: "dim_customer", toColumn: "customer_key" },
            { kind: "relationships", column: "product_key", to: "dim_product", toColumn: "product_key" },
            { kind: "relationships", column: "placed_date_key", to: "dim_date", toColumn: "date_key" },
            {
                kind: "expression",
                name: "product_is_unknown_only_when_not_told",
                expression: "product_key <> -1 or product_id is null or placed_at is null",
            },
            {
                kind: "expression",
                name: "gross_is_quantity_times_list_price",
                expression: "gross_amount = quantity * list_price",
            },
            {
                kind: "expression",
                name: "discount_is_its_share_of_gross",
                expression: "discount_amount = gross_amount * discount_percent * 0.01",
            },
            {
                kind: "expression",
                name: "net_is_gross_less_discount",
                expression: "net_amount = gross_amount - discount_amount",
            },
            {
                kind: "expression",
                name: "recorded_amount_is_quantity_times_recorded_price",
                expression: "recorded_amount = quantity * recorded_price",
            },
            {
                kind: "expression",
                name: "list_price_is_known",
                expression: "list_price is not null",
                severity: "warn",
                description: "Lines without amounts: their product was never extracted or has no usable price.",
            },
            {
                kind: "expression",
                name: "quantity_is_positive",
                expression: "quantity is not null and quantity > 0",
                severity: "warn",
                description: "Lines without a quantity, or with one of zero or less.",
            },
            {
                kind: "expression",
                name: "recorded_price_is_positive",
                expression: "recorded_price > 0",
                severity: "warn",
                description: "Lines with a recorded price of zero or less: the shop takes 7 % discount for 700 %.",
            },
        ],
    });
}

export async function down(knex: Knex): Promise<void> {
    await dropModel(knex, "fct_order_items");
}
