-- Products as extracted: every version, typed and without repeats.
-- Grain: one row per version of a product (product_id, modified_at).

with landed as (
    select
        id as product_id,
        name::text as name,
        description::text as description,
        "EAN"::text as ean,
        prep.usable_number(price) as price,
        prep.usable_number(discount_percent) as discount_percent,
        brand as brand_id,
        inventory,
        published as is_published,
        prep.usable_timestamp(created_at) as created_at,
        prep.usable_timestamp(modified_at) as modified_at
    from {source_schema}.product
    where id is not null
),

timed as (
    select
        product_id,
        name,
        description,
        ean,
        price,
        discount_percent,
        brand_id,
        inventory,
        is_published,
        created_at,
        coalesce(modified_at, created_at, timestamp '1900-01-01') as modified_at
    from landed
)

-- Of rows that claim to be the same version, the one last in the order of their values counts, wherever it stands in the table.
-- The view ends here, with its order in sight: whoever picks the current version from it needs no sort of their own.
select distinct on (product_id, modified_at)
    product_id,
    name,
    description,
    ean,
    price,
    discount_percent,
    brand_id,
    inventory,
    is_published,
    created_at,
    modified_at
from timed
order by
    product_id,
    modified_at desc,
    name collate "C" desc,
    description collate "C" desc,
    ean collate "C" desc,
    price desc,
    discount_percent desc,
    brand_id desc,
    inventory desc,
    is_published desc,
    created_at desc
