-- Per entity: yes.

select *
from (
    select
        customer_id,
        session_number,
        ended_at,
        lead(started_at) over (partition by customer_id order by session_number) as next_started_at
    from warehouse.fct_sessions
) as sessions
where next_started_at - ended_at <= interval '30 minutes'
