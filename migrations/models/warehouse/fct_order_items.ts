import { defineModel } from "stardeck";

export default defineModel({
    columns: {
        order_item_id: "The shop's number of the order line.",
        order_id: { notNull: true, description: "The order it belongs to." },
        customer_key: { notNull: true, description: "The customer as known when the order was placed." },
        product_key: { notNull: true, description: "The product as known when the order was placed." },
        product_id: "The shop's number of the product.",
        placed_date_key: { notNull: true, description: "Date of placement of the order." },
        placed_at: "When the order was placed, UTC.",
        quantity: "Units ordered.",
        list_price: "List price of one unit when the order was placed; null when unknown, and with it the amounts.",
        discount_percent: "Discount in per cent when the order was placed; null when unknown, which counts as none.",
        gross_amount: "quantity * list_price.",
        discount_amount: "gross_amount * discount_percent / 100; 0 for an unknown discount.",
        net_amount: "gross_amount - discount_amount.",
        recorded_price: "The unit price the shop wrote down; it takes 7 % for 700 %. Shown, never used.",
        recorded_amount: "quantity * recorded_price.",
    },
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
        {
            kind: "expression",
            name: "discount_is_its_share_of_gross",
            expression: "discount_amount = gross_amount * coalesce(discount_percent, 0) * 0.01",
        },
        {
            kind: "expression",
            name: "gross_has_discount_and_net",
            expression:
                "(gross_amount is null) = (discount_amount is null) and (gross_amount is null) = (net_amount is null)",
        },
        {
            kind: "expression",
            name: "discount_is_known",
            expression: "list_price is null or discount_percent is not null",
            severity: "warn",
            description: "Lines with a list price whose discount is missing or no number: it counts as none.",
        },
        {
            kind: "expression",
            name: "recorded_price_is_known",
            expression: "recorded_price is not null",
            severity: "warn",
            description: "Lines whose recorded price is missing or no number: they imply no discount.",
        },
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
});
