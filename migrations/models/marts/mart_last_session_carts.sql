-- Which customers ordered in their last session, and what was the cart worth?
-- Grain: one row per customer whose last session holds an order.
-- Key: customer_id.

with last_sessions as (
    select
        customer_id,
        started_at,
        ended_at
    from warehouse.fct_sessions
    where is_last_session and has_placed_order
),

added_items as (
    select
        event_id,
        customer_id,
        occurred_at,
        product_id
    from prep.int_session_events
    where event_type = 'ADD_PRODUCT_TO_CART'
),

products as (
    select
        product_id,
        price,
        discount_percent,
        valid_from,
        valid_to
    from warehouse.dim_product
),

customers as (
    select
        customer_id,
        email
    from warehouse.dim_customer
    where is_current
),

carts as (
    select
        last_sessions.customer_id,
        last_sessions.started_at,
        last_sessions.ended_at,
        count(added_items.event_id) as items_added_count,
        sum(products.price) as cart_value,
        sum(products.price - products.price * coalesce(products.discount_percent, 0) * 0.01) as cart_value_after_discount
    from last_sessions
    -- A customer's sessions do not touch, so the span of one holds its events and no other's.
    left join added_items
        on added_items.customer_id = last_sessions.customer_id
        and added_items.occurred_at between last_sessions.started_at and last_sessions.ended_at
    left join products
        on products.product_id = added_items.product_id
        and products.valid_from <= added_items.occurred_at
        and products.valid_to > added_items.occurred_at
    group by last_sessions.customer_id, last_sessions.started_at, last_sessions.ended_at
),

final as (
    select
        carts.customer_id,
        customers.email,
        carts.started_at as session_started_at,
        carts.ended_at as session_ended_at,
        carts.items_added_count,
        -- An empty cart is worth nothing; a cart of which no price is known has no value to tell.
        case when carts.items_added_count = 0 then 0 else round(carts.cart_value, 2) end as cart_value,
        case when carts.items_added_count = 0 then 0 else round(carts.cart_value_after_discount, 2) end as cart_value_after_discount
    from carts
    left join customers on customers.customer_id = carts.customer_id
)

select * from final
