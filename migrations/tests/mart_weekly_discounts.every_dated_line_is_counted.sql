-- Per entity: yes.

select
    week_start,
    sum(units) as units,
    sum(units_in_week) as units_in_week,
    sum(unpriced_units) as unpriced_units,
    sum(unpriced_units_in_week) as unpriced_units_in_week
from (
    select
        dates.week_start,
        lines.quantity as units,
        null as units_in_week,
        case when lines.list_price is null then coalesce(lines.quantity, 0) else 0 end as unpriced_units,
        null as unpriced_units_in_week
    from warehouse.fct_order_items as lines
    join warehouse.dim_date as dates on dates.date_key = lines.placed_date_key
    where dates.week_start is not null
    union all
    select week_start, null, item_count, null, unpriced_item_count
    from marts.mart_weekly_discounts
) as weeks
group by week_start
having sum(units) is distinct from sum(units_in_week)
    or sum(unpriced_units) is distinct from sum(unpriced_units_in_week)
