-- Sessions of logged-in customers: runs of events without a pause of more than 30 minutes.
-- Grain: one row per session of a customer.
-- Key: session_key.
-- Entity: customer_id.

with session_events as (
    select
        event_id,
        customer_id,
        event_type,
        occurred_at
    from prep.int_session_events
),

customers as (
    select
        customer_key,
        customer_id,
        valid_from,
        valid_to
    from warehouse.dim_customer
),

dates as (
    select
        date_key,
        date_day
    from warehouse.dim_date
),

spaced as (
    select
        event_id,
        customer_id,
        event_type,
        occurred_at,
        -- Null, and so a start, before the first event of a customer.
        (occurred_at - lag(occurred_at) over customer_events <= interval '30 minutes') is not true as is_session_start
    from session_events
    window customer_events as (partition by customer_id order by occurred_at, event_id)
),

numbered as (
    select
        event_id,
        customer_id,
        event_type,
        occurred_at,
        is_session_start,
        count(*) filter (where is_session_start) over customer_events as session_number
    from spaced
    window customer_events as (partition by customer_id order by occurred_at, event_id rows unbounded preceding)
),

sessions as (
    select
        customer_id,
        session_number,
        min(event_id) filter (where is_session_start) as first_event_id,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        count(*) as event_count,
        count(*) filter (where event_type = 'ADD_PRODUCT_TO_CART') as items_added_count,
        count(*) filter (where event_type = 'PLACED_ORDER') as order_count
    from numbered
    group by customer_id, session_number
),

final as (
    select
        prep.surrogate_key(sessions.customer_id::text || '|' || sessions.first_event_id::text) as session_key,
        sessions.customer_id,
        coalesce(customers.customer_key, -1) as customer_key,
        sessions.session_number,
        sessions.started_at,
        sessions.ended_at,
        coalesce(dates.date_key, -1) as started_date_key,
        sessions.event_count,
        sessions.items_added_count,
        sessions.order_count,
        sessions.order_count > 0 as has_placed_order,
        sessions.session_number = max(sessions.session_number) over (partition by sessions.customer_id) as is_last_session
    from sessions
    left join customers
        on customers.customer_id = sessions.customer_id
        and customers.valid_from <= sessions.started_at
        and customers.valid_to > sessions.started_at
    left join dates on dates.date_day = sessions.started_at::date
)

select * from final
