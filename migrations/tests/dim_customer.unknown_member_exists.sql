select 'unknown customer' as missing where not exists (select from warehouse.dim_customer where customer_key = -1)
