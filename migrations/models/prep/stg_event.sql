-- Events of the web shop as extracted: every version, with the ids of its payload read and without repeats.
-- Grain: one row per version of an event (event_id, modified_at).

with landed as (
    select
        event.id as event_id,
        event.type::text as event_type,
        payload.customer_id,
        payload.product_id,
        payload.order_id,
        payload.payload_problem,
        prep.usable_timestamp(event.created_at) as created_at,
        prep.usable_timestamp(event.modified_at) as modified_at
    from {source_schema}.event
    -- In the FROM clause the payload is read exactly once per row, and before the sort below, which then carries ids and no JSON.
    cross join lateral prep.read_event_payload(event.event) as payload
    where event.id is not null
),

timed as (
    select
        event_id,
        event_type,
        customer_id,
        product_id,
        order_id,
        payload_problem,
        created_at,
        coalesce(modified_at, created_at, timestamp '1900-01-01') as modified_at
    from landed
)

-- Of rows that claim to be the same version, the one last in the order of their values counts, wherever it stands in the table.
-- The view ends here, with its order in sight: whoever picks the current version from it needs no sort of their own.
select distinct on (event_id, modified_at)
    event_id,
    event_type,
    customer_id,
    product_id,
    order_id,
    payload_problem,
    created_at,
    modified_at
from timed
order by
    event_id,
    modified_at desc,
    event_type collate "C" desc,
    customer_id desc,
    product_id desc,
    order_id desc,
    created_at desc,
    payload_problem collate "C" desc
