-- Order lines, priced from the product version that was valid when the order was placed. Lines of orders never
-- extracted are not here.
-- Grain: one row per order line.
-- Key: order_item_id.
-- Entity: order_id.

with order_items as (
    select
        order_item_id,
        order_id,
        product_id,
        quantity,
        recorded_price
    from prep.int_order_items
),

orders as (
    select
        order_id,
        customer_key,
        placed_date_key,
        placed_at
    from warehouse.fct_orders
),

products as (
    select
        product_key,
        product_id,
        price,
        discount_percent,
        valid_from,
        valid_to
    from warehouse.dim_product
),

-- A line whose order was never extracted is no fact yet: nothing says when it happened.
priced as (
    select
        order_items.order_item_id,
        order_items.order_id,
        orders.customer_key,
        coalesce(products.product_key, -1) as product_key,
        order_items.product_id,
        orders.placed_date_key,
        orders.placed_at,
        order_items.quantity,
        products.price as list_price,
        products.discount_percent,
        order_items.quantity * products.price as gross_amount,
        order_items.recorded_price
    from order_items
    join orders on orders.order_id = order_items.order_id
    left join products
        on products.product_id = order_items.product_id
        and products.valid_from <= orders.placed_at
        and products.valid_to > orders.placed_at
),

-- An unknown discount counts as none, so that gross less discount is always net. Multiplying by 0.01 is exact, where dividing by 100 would round.
final as (
    select
        order_item_id,
        order_id,
        customer_key,
        product_key,
        product_id,
        placed_date_key,
        placed_at,
        quantity,
        list_price,
        discount_percent,
        gross_amount,
        gross_amount * coalesce(discount_percent, 0) * 0.01 as discount_amount,
        gross_amount - gross_amount * coalesce(discount_percent, 0) * 0.01 as net_amount,
        recorded_price,
        quantity * recorded_price as recorded_amount
    from priced
)

select * from final
