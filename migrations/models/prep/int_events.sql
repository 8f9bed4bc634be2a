-- The current state of each event that matters: events of known customers, PLACED_ORDER events that wait for their
-- order to tell the customer, and events with something unreadable. The last two have no customer and are in no
-- session.
-- Grain: one row per event that has a customer, waits for its order, or has a problem.
-- Key: event_id.

with versions as (
    select
        event_id,
        event_type,
        customer_id,
        product_id,
        order_id,
        payload_problem,
        created_at,
        modified_at
    from prep.stg_event
),

orders as (
    select
        order_id,
        customer_id
    from prep.int_orders
),

current_events as (
    select distinct on (event_id)
        event_id,
        event_type,
        customer_id,
        product_id,
        order_id,
        coalesce(payload_problem, case when created_at is null then 'no time' end) as problem,
        created_at as occurred_at
    from versions
    order by event_id, modified_at desc
),

final as (
    select
        current_events.event_id,
        -- A PLACED_ORDER event belongs to the customer of its order, whoever its payload names.
        -- An event without a time has no place in any session.
        case
            when current_events.occurred_at is not null then coalesce(orders.customer_id, current_events.customer_id)
        end as customer_id,
        current_events.event_type,
        current_events.occurred_at,
        current_events.product_id,
        current_events.order_id,
        current_events.problem
    from current_events
    left join orders
        on orders.order_id = current_events.order_id
        and current_events.event_type = 'PLACED_ORDER'
    where current_events.customer_id is not null
        or (current_events.event_type = 'PLACED_ORDER' and current_events.order_id is not null)
        or current_events.problem is not null
)

select * from final
