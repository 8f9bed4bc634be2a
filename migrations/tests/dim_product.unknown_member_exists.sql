select 'unknown product' as missing where not exists (select from warehouse.dim_product where product_key = -1)
