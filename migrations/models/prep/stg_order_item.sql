-- Order lines as extracted: every version, typed and without repeats.
-- Grain: one row per version of an order line (order_item_id, modified_at).

with landed as (
    select
        id as order_item_id,
        "order" as order_id,
        product as product_id,
        quantity,
        prep.usable_number(price) as recorded_price,
        prep.usable_timestamp(created_at) as created_at,
        prep.usable_timestamp(modified_at) as modified_at
    from {source_schema}.orderitem
    where id is not null
),

timed as (
    select
        order_item_id,
        order_id,
        product_id,
        quantity,
        recorded_price,
        created_at,
        coalesce(modified_at, created_at, timestamp '1900-01-01') as modified_at
    from landed
)

-- Of rows that claim to be the same version, the one last in the order of their values counts, wherever it stands in the table.
-- The view ends here, with its order in sight: whoever picks the current version from it needs no sort of their own.
select distinct on (order_item_id, modified_at)
    order_item_id,
    order_id,
    product_id,
    quantity,
    recorded_price,
    created_at,
    modified_at
from timed
order by
    order_item_id,
    modified_at desc,
    order_id desc,
    product_id desc,
    quantity desc,
    recorded_price desc,
    created_at desc
