-- The events from which sessions are made: events of known customers, at a known time.
-- Grain: one row per event of a known customer.

-- No WITH: PostgreSQL merges a view like this one into the query that reads it, which can then use the table's indexes.
select
    event_id,
    customer_id,
    event_type,
    occurred_at,
    product_id,
    order_id
from prep.int_events
where customer_id is not null
