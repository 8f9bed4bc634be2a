-- How long do orders take from placement to shipment, week by week?
-- Grain: one row per week in which an order was placed.
-- Key: week_start.

with orders as (
    select
        placed_date_key,
        hours_to_ship
    from warehouse.fct_orders
),

dates as (
    select
        date_key,
        week_start
    from warehouse.dim_date
    where week_start is not null
),

final as (
    select
        dates.week_start,
        count(*) as order_count,
        count(orders.hours_to_ship) as shipped_order_count,
        round(avg(orders.hours_to_ship), 2) as avg_hours_to_ship,
        round(
            (percentile_cont(0.5) within group (order by orders.hours_to_ship::double precision))::numeric, 2
        ) as median_hours_to_ship,
        round(
            (percentile_cont(0.9) within group (order by orders.hours_to_ship::double precision))::numeric, 2
        ) as p90_hours_to_ship
    from dates
    join orders on orders.placed_date_key = dates.date_key
    group by dates.week_start
)

select * from final
