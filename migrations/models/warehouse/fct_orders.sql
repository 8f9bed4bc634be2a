-- Orders as an accumulating snapshot: one row follows its order from placed over paid to shipped.
-- Grain: one row per order.
-- Key: order_id.

with orders as (
    select
        order_id,
        customer_id,
        status,
        placed_at,
        paid_at,
        shipped_at
    from prep.int_orders
),

customers as (
    select
        customer_key,
        customer_id,
        valid_from,
        valid_to
    from warehouse.dim_customer
),

dates as not materialized (
    select
        date_key,
        date_day
    from warehouse.dim_date
),

final as (
    select
        orders.order_id,
        coalesce(customers.customer_key, -1) as customer_key,
        orders.customer_id,
        coalesce(placed_dates.date_key, -1) as placed_date_key,
        coalesce(paid_dates.date_key, -1) as paid_date_key,
        coalesce(shipped_dates.date_key, -1) as shipped_date_key,
        orders.status,
        orders.placed_at,
        orders.paid_at,
        orders.shipped_at,
        extract(epoch from orders.paid_at - orders.placed_at) / 3600 as hours_to_pay,
        extract(epoch from orders.shipped_at - orders.placed_at) / 3600 as hours_to_ship
    from orders
    left join customers
        on customers.customer_id = orders.customer_id
        and customers.valid_from <= orders.placed_at
        and customers.valid_to > orders.placed_at
    left join dates as placed_dates on placed_dates.date_day = orders.placed_at::date
    left join dates as paid_dates on paid_dates.date_day = orders.paid_at::date
    left join dates as shipped_dates on shipped_dates.date_day = orders.shipped_at::date
)

select * from final
