-- How much discount do we give, week by week?
-- Grain: one row per week in which an order with at least one line was placed.
-- Key: week_start.

with order_items as (
    select
        order_id,
        placed_date_key,
        quantity,
        list_price,
        gross_amount,
        discount_amount,
        recorded_amount
    from warehouse.fct_order_items
),

dates as (
    select
        date_key,
        week_start
    from warehouse.dim_date
    where week_start is not null
),

-- Order by order first: then counting orders needs no sort of all lines.
-- Every amount is over the lines whose list price is known; the others are told by their units alone.
order_totals as (
    select
        dates.week_start,
        order_items.order_id,
        sum(order_items.quantity) as item_count,
        sum(order_items.gross_amount) as gross_amount,
        sum(order_items.discount_amount) as discount_amount,
        sum(order_items.recorded_amount) filter (where order_items.list_price is not null) as recorded_amount,
        -- Line by line: a line without a usable recorded price implies nothing.
        sum(order_items.gross_amount - order_items.recorded_amount) as implied_discount_amount,
        sum(order_items.quantity) filter (where order_items.list_price is null) as unpriced_item_count
    from dates
    join order_items on order_items.placed_date_key = dates.date_key
    group by dates.week_start, order_items.order_id
),

final as (
    select
        week_start,
        count(*) as order_count,
        sum(item_count)::bigint as item_count,
        round(sum(gross_amount), 2) as gross_amount,
        round(sum(discount_amount), 2) as discount_amount,
        -- Of the rounded amounts, so that the columns add up to the cent.
        round(sum(gross_amount), 2) - round(sum(discount_amount), 2) as net_amount,
        round(sum(recorded_amount), 2) as recorded_amount,
        round(sum(implied_discount_amount), 2) as implied_discount_amount,
        coalesce(sum(unpriced_item_count), 0)::bigint as unpriced_item_count
    from order_totals
    group by week_start
)

select * from final
