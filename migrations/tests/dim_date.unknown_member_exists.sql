select 'unknown date' as missing where not exists (select from warehouse.dim_date where date_key = -1)
