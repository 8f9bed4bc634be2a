-- Sessions of customers who were never extracted.
-- Severity: warn.
-- Known: Follows from customers who were never extracted.
-- Per entity: yes.

select sessions.*
from warehouse.fct_sessions as sessions
join warehouse.dim_customer as customers on customers.customer_key = sessions.customer_key
where customers.is_inferred
