select date '2020-01-01' + day_number as date_day
from generate_series(0, date '2034-12-31' - date '2020-01-01') as day_number
where not exists (
    select from warehouse.dim_date where dim_date.date_day = date '2020-01-01' + day_number
)
