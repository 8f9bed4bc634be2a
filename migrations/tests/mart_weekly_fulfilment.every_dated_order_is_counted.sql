-- Per entity: yes.

select week_start, sum(orders) as orders, sum(orders_in_week) as orders_in_week
from (
    select dates.week_start, 1 as orders, 0 as orders_in_week
    from warehouse.fct_orders as orders
    join warehouse.dim_date as dates on dates.date_key = orders.placed_date_key
    where dates.week_start is not null
    union all
    select week_start, 0 as orders, order_count as orders_in_week
    from marts.mart_weekly_fulfilment
) as weeks
group by week_start
having sum(orders) <> sum(orders_in_week)
