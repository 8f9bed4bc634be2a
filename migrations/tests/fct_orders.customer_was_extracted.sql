-- Orders whose customer was never extracted or is not named.
-- Severity: warn.
-- Known: Follows from customers who were never extracted.
-- Per entity: yes.

select orders.*
from warehouse.fct_orders as orders
join warehouse.dim_customer as customers on customers.customer_key = orders.customer_key
where customers.is_inferred or customers.customer_key = -1
