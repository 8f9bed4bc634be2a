-- The current state of each order line, the lines of orders never extracted included.
-- Grain: one row per order line.
-- Key: order_item_id.

with versions as (
    select
        order_item_id,
        order_id,
        product_id,
        quantity,
        recorded_price,
        modified_at
    from prep.stg_order_item
),

final as (
    select distinct on (order_item_id)
        order_item_id,
        order_id,
        product_id,
        quantity,
        recorded_price
    from versions
    order by order_item_id, modified_at desc
)

select * from final
