-- Calendar: every day from 2020 to 2034, and any other day on which an order was placed, paid or shipped or a session
-- started.
-- Grain: one row per date, and one for the unknown date.
-- Key: date_key.

with orders as (
    select
        placed_at,
        paid_at,
        shipped_at
    from prep.int_orders
),

session_events as not materialized (
    select
        event_id,
        customer_id,
        occurred_at
    from prep.int_session_events
),

-- The first event of a session is one with no other of its customer in the 30 minutes before.
session_starts as (
    select later.occurred_at as started_at
    from session_events as later
    where (later.occurred_at < timestamp '2020-01-01' or later.occurred_at >= timestamp '2035-01-01')
        and not exists (
            select
            from session_events as earlier
            where earlier.customer_id = later.customer_id
                and earlier.occurred_at >= later.occurred_at - interval '30 minutes'
                and (earlier.occurred_at, earlier.event_id) < (later.occurred_at, later.event_id)
        )
),

days as (
    select date '2020-01-01' + day_number as date_day
    from generate_series(0, date '2034-12-31' - date '2020-01-01') as day_number
    union
    select milestone.reached_at::date as date_day
    from orders
    cross join lateral (values (placed_at), (paid_at), (shipped_at)) as milestone (reached_at)
    where milestone.reached_at < timestamp '2020-01-01' or milestone.reached_at >= timestamp '2035-01-01'
    union
    select started_at::date as date_day
    from session_starts
),

final as (
    select
        prep.date_key(date_day) as date_key,
        date_day,
        date_day - (extract(isodow from date_day)::integer - 1) as week_start,
        extract(week from date_day)::integer as iso_week,
        extract(isoyear from date_day)::integer as iso_year,
        date_day - (extract(day from date_day)::integer - 1) as month_start,
        extract(year from date_day)::integer as year,
        extract(isodow from date_day)::integer as day_of_week,
        (array['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'])[extract(isodow from date_day)::integer]
            as day_name,
        extract(isodow from date_day) >= 6 as is_weekend
    from days
    union all
    select
        -1 as date_key,
        null as date_day,
        null as week_start,
        null as iso_week,
        null as iso_year,
        null as month_start,
        null as year,
        null as day_of_week,
        'Unknown date' as day_name,
        null as is_weekend
)

select * from final
