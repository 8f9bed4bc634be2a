-- Per entity: yes.

select sessions.customer_id
from warehouse.fct_sessions as sessions
left join marts.mart_last_session_carts as carts on carts.customer_id = sessions.customer_id
where sessions.is_last_session and sessions.has_placed_order and carts.customer_id is null
