-- Per entity: yes.

select customer_id, count(*) filter (where is_last_session) as last_session_count
from warehouse.fct_sessions
group by customer_id
having count(*) filter (where is_last_session) <> 1
    or max(session_number) <> max(session_number) filter (where is_last_session)
